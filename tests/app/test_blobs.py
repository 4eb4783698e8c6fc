import os
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.blobs import GRACE, BlobStore
from app.errors import Damaged, Full, StoreError, TooLarge, Unreadable
from app.model.attachments import Blob
from app.model.sentences import sentence

ROOT = Path(__file__).parents[2]
DIGEST = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of b"hello"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


@pytest.fixture
def blobs(folder: Path) -> BlobStore:
    return BlobStore(folder, limit=1000)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "notes.txt"
    source.write_bytes(b"hello")
    return source


def files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def age(path: Path) -> None:
    then = time.time() - GRACE - 10
    os.utime(path, (then, then))


def test_bytes_are_kept_once_under_their_digest_for_their_owner_to_read(
    folder: Path, blobs: BlobStore, source: Path
) -> None:
    blob = blobs.keep(b"hello", "text/plain")
    assert blob == Blob(DIGEST, 5, "text/plain")
    assert blobs.keep_file(source, "text/plain") == blob
    assert files(folder) == [f"2c/{DIGEST}"]
    assert blobs.path(blob) == folder / "2c" / DIGEST
    assert blobs.read(blob) == b"hello"
    assert stat.S_IMODE(blobs.path(blob).stat().st_mode) == 0o400
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_comes_in_whole_and_may_be_empty(tmp_path: Path, folder: Path) -> None:
    blobs = BlobStore(folder)
    data = os.urandom(3 * 2**20 + 7)
    (tmp_path / "big").write_bytes(data)
    (tmp_path / "empty").touch()
    assert blobs.read(blobs.keep_file(tmp_path / "big", "video/mp4")) == data
    assert blobs.read(blobs.keep_file(tmp_path / "empty", "")) == b""


def test_what_is_gone_or_cut_is_told(blobs: BlobStore) -> None:
    blob = blobs.keep(b"hello", "")
    path = blobs.path(blob)
    path.chmod(0o600)
    path.write_bytes(b"hell")
    with pytest.raises(Damaged) as caught:
        blobs.read(blob)
    assert caught.value.sentence == sentence("store.attachment_gone")
    path.unlink()
    with pytest.raises(Damaged):
        blobs.read(blob)


def test_what_was_cut_is_made_whole_when_it_comes_again(blobs: BlobStore) -> None:
    blob = blobs.keep(b"hello", "")
    blobs.path(blob).chmod(0o600)
    blobs.path(blob).write_bytes(b"hell")
    blobs.keep(b"hello", "")
    assert blobs.read(blob) == b"hello"


@pytest.mark.parametrize(
    "digest", ["", "../../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "/" + "a" * 64]
)
def test_a_digest_that_is_none_leads_nowhere(blobs: BlobStore, digest: str) -> None:
    with pytest.raises(Damaged):
        blobs.read(Blob(digest, 1, ""))


def test_too_large_a_file_is_refused_and_leaves_nothing(
    tmp_path: Path, folder: Path, blobs: BlobStore
) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(bytes(1001))
    with pytest.raises(TooLarge) as caught:
        blobs.keep_file(source, "video/mp4")
    assert caught.value.sentence == sentence("document.too_large", name="film.mp4", limit="1000 B")
    assert files(folder) == []


def test_a_link_to_a_file_is_followed(tmp_path: Path, blobs: BlobStore, source: Path) -> None:
    (tmp_path / "link").symlink_to(source)
    assert blobs.keep_file(tmp_path / "link", "").digest == DIGEST


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files there")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, blobs: BlobStore) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "linked pipe").symlink_to(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name in ("pipe", "linked pipe", "zero", "socket", "."):
            with pytest.raises(Unreadable) as caught:
                blobs.keep_file(tmp_path / name, "")
            assert caught.value.sentence.key == "document.not_a_file"


def test_a_file_that_is_not_there_is_the_caller_s_to_tell(
    tmp_path: Path, folder: Path, blobs: BlobStore
) -> None:
    with pytest.raises(FileNotFoundError):
        blobs.keep_file(tmp_path / "nothing", "")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OSError, match="loop"):
        blobs.keep_file(tmp_path / "loop", "")
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_told(folder: Path, blobs: BlobStore, source: Path) -> None:
    folder.write_text("in the way")
    with pytest.raises(Full):
        blobs.keep(b"x", "")
    with pytest.raises(Full):
        blobs.keep_file(source, "")


def test_many_threads_may_keep_the_same_bytes(folder: Path, blobs: BlobStore) -> None:
    threads = [threading.Thread(target=blobs.keep, args=(b"hello", "")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(folder) == [f"2c/{DIGEST}"]


def test_a_sweep_takes_what_is_old_and_wanted_by_nobody(folder: Path, blobs: BlobStore) -> None:
    wanted, old, new = (blobs.keep(data, "") for data in (b"wanted", b"old", b"new"))
    left_over = folder / "new" / ".tmp-left"
    left_over.touch()
    stranger = folder / "2c" / "not ours"
    stranger.parent.mkdir(exist_ok=True)
    stranger.touch()
    for path in (blobs.path(wanted), blobs.path(old), left_over, stranger):
        age(path)
    assert blobs.sweep({wanted.digest}) == 2
    assert blobs.read(wanted) == b"wanted"
    assert blobs.read(new) == b"new"
    assert not left_over.exists()
    assert stranger.exists()
    with pytest.raises(Damaged):
        blobs.read(old)


def test_what_is_kept_again_has_its_day_again(blobs: BlobStore) -> None:
    blob = blobs.keep(b"hello", "")
    age(blobs.path(blob))
    blobs.keep(b"hello", "")
    assert blobs.sweep(set()) == 0


def test_a_sweep_leaves_what_it_cannot_delete_and_goes_on(
    folder: Path, blobs: BlobStore, caplog: pytest.LogCaptureFixture
) -> None:
    stuck = folder / "00" / ("0" * 64)
    stuck.mkdir(parents=True)  # a folder is never unlinked, whoever asks
    swept = [blobs.keep(data, "") for data in (b"one", b"two")]
    for path in (stuck, *map(blobs.path, swept)):
        age(path)
    assert blobs.sweep(set()) == 2
    assert files(folder) == []
    assert stuck.exists()
    (line,) = caplog.records
    assert line.levelname == "WARNING"
    assert stuck.name in line.getMessage()


def test_a_sweep_of_nothing_is_nothing(blobs: BlobStore) -> None:
    assert blobs.sweep(set()) == 0


@pytest.mark.usefixtures("own_mounts")
def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from app.blobs import BlobStore
from app.errors import AppError
folder = Path(sys.argv[1])
source = folder / "source"
source.write_bytes(bytes(1_500_000))
blobs = BlobStore(folder / "blobs")
for keep in (lambda: blobs.keep_file(source, ""), lambda: blobs.keep(bytes(1_500_000), "")):
    try:
        keep()
    except AppError as error:
        print(type(error).__name__, error.sentence.key, [p.name for p in folder.rglob("*") if p.is_file()])
"""
    script = 'mount -t tmpfs -o size=2M tmpfs "$1"; exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "sh", "-ec", script, "sh", str(tmp_path), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.splitlines() == ["Full store.disk_full ['source']"] * 2, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be made durable there")
def test_bytes_are_on_the_disk_before_their_name_is(
    blobs: BlobStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    blobs.keep(b"hello", "")
    assert steps == ["file", "rename", "folder"]


def test_faults_of_our_own_files_are_of_the_store_s_branch() -> None:
    assert issubclass(Full, StoreError)
    assert issubclass(Damaged, StoreError)


def test_what_is_kept_is_copied_out_whole_in_place_of_what_was_there(
    blobs: BlobStore, tmp_path: Path
) -> None:
    blob, target = blobs.keep(b"hello", "text/plain"), tmp_path / "mine.txt"
    target.write_bytes(b"something longer")
    blobs.copy_out(blob, target)
    assert target.read_bytes() == b"hello"
    assert stat.S_IMODE(target.stat().st_mode) & stat.S_IWUSR
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["mine.txt"]


def test_what_is_gone_replaces_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_bytes(b"mine")
    for lost in (Blob("0" * 64, 5, "text/plain"), Blob("../mine.txt", 4, "text/plain")):
        with pytest.raises(Damaged):
            blobs.copy_out(lost, target)
    short = blobs.keep(b"hello", "text/plain")
    with pytest.raises(Damaged):
        blobs.copy_out(Blob(short.digest, 6, short.mime), target)
    assert target.read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_to_is_named(blobs: BlobStore, tmp_path: Path) -> None:
    blob = blobs.keep(b"hello", "text/plain")
    with pytest.raises(StoreError) as raised:
        blobs.copy_out(blob, tmp_path / "gone" / "mine.txt")
    assert raised.value.sentence == sentence(
        "store.not_saved", name="mine.txt", reason="No such file or directory"
    )
