import contextlib
import json
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app import schema
from app.database import open_database
from app.errors import Damaged, Full, Newer, StoreError
from app.model.attachments import Attachment, Draft, Kind
from app.model.events import Answer, Reasoning
from app.model.messages import Ending, Usage
from app.model.sentences import sentence
from app.store import Store

ROOT = Path(__file__).parents[2]


async def fill(path: Path, executor: ThreadPoolExecutor) -> None:
    """Make a history that has something of everything."""
    store = await Store.open(path, executor)
    for number in range(8):
        thread = await store.create_thread(f"Conversation {number}")
        draft = Draft("看 the screen " * 20, (Attachment("1", Kind.PICTURE, "a.png", text="words " * 50),))
        await store.append_question(thread.id, draft)
        reply = await store.open_reply(thread.id, profile="p", model="m")
        await store.extend(reply.id, [Reasoning("hm " * 100), Answer("yes " * 100)])
        if number % 2:
            await store.close_reply(replace(reply, ended=Ending.FINISHED, usage=Usage(1, 2)))
    await store.save_draft(None, Draft("unsent"))
    await store.delete_thread((await store.create_thread("Deleted")).id)
    await store.close()


async def use(store: Store) -> None:
    """Do all there is to do, as if nothing were wrong."""
    for found in await store.search("screen"):
        await store.messages(found.id)
    for thread in await store.threads():
        await store.messages(thread.id)
    await store.draft(None)
    await store.digests()
    thread = await store.create_thread("one more")
    await store.append_question(thread.id, Draft("question"))
    reply = await store.open_reply(thread.id, profile="", model="")
    await store.extend(reply.id, [Answer("answer")])
    await store.close_reply(replace(reply, ended=Ending.FINISHED))


async def refused(path: Path, executor: ThreadPoolExecutor, kind: type[StoreError]) -> StoreError:
    """Return the error of opening this file, and see that its bytes are what they were."""
    before = path.read_bytes()
    with pytest.raises(kind) as caught:
        await Store.open(path, executor)
    assert path.read_bytes() == before
    return caught.value


async def test_nobody_else_can_read_the_history(history: Path, executor: ThreadPoolExecutor) -> None:
    store = await Store.open(history, executor)
    await store.create_thread("private")
    files = list(history.parent.iterdir())
    assert {file.name for file in files} == {"history.sqlite", "history.sqlite-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(history.parent.stat().st_mode) == 0o700
    await store.close()


async def test_a_file_that_was_open_to_all_is_closed(history: Path, executor: ThreadPoolExecutor) -> None:
    await fill(history, executor)
    history.chmod(0o644)
    await (await Store.open(history, executor)).close()
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_and_nobody_else_is_let_in(history: Path) -> None:
    db = open_database(history)
    settings = ("synchronous", "foreign_keys", "locking_mode", "journal_mode", "secure_delete")
    assert [db.execute(f"PRAGMA {name}").fetchone()[0] for name in settings] == [2, 1, "exclusive", "wal", 1]
    assert not history.with_name("history.sqlite-shm").exists()
    db.close()


async def test_a_file_of_a_later_version_is_left_alone(history: Path, executor: ThreadPoolExecutor) -> None:
    await fill(history, executor)
    db = sqlite3.connect(history)
    db.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    db.close()
    assert (await refused(history, executor, Newer)).sentence == sentence("store.newer")


@pytest.mark.parametrize("content", [b"hello", b"SQLite format 3\0", bytes(5000), b"\xff" * 100_000])
async def test_a_file_that_is_no_database_is_left_alone(
    history: Path, executor: ThreadPoolExecutor, content: bytes
) -> None:
    history.parent.mkdir()
    history.write_bytes(content)
    await refused(history, executor, Damaged)


async def test_the_database_of_another_program_is_left_alone(
    history: Path, executor: ThreadPoolExecutor
) -> None:
    history.parent.mkdir()
    db = sqlite3.connect(history)
    db.execute("CREATE TABLE moz_places (url TEXT)")
    db.close()
    assert (await refused(history, executor, Damaged)).sentence == sentence("store.foreign")


async def test_a_file_without_our_tables_is_damaged(history: Path, executor: ThreadPoolExecutor) -> None:
    await fill(history, executor)
    db = sqlite3.connect(history)
    db.execute("DROP TABLE piece")
    db.close()
    await refused(history, executor, Damaged)


async def test_a_folder_in_the_way_is_told(history: Path, executor: ThreadPoolExecutor) -> None:
    history.mkdir(parents=True)
    with pytest.raises(StoreError):
        await Store.open(history, executor)
    shutil.rmtree(history.parent)
    history.parent.write_text("a file where the folder belongs")
    with pytest.raises(Full):
        await Store.open(history, executor)


async def test_no_flipped_bit_crashes_or_loses_a_file(history: Path, executor: ThreadPoolExecutor) -> None:
    await fill(history, executor)
    sound, dice = history.read_bytes(), random.Random(1)
    opened = 0
    for _ in range(200):
        damaged = bytearray(sound)
        damaged[dice.randrange(len(sound))] ^= 1 << dice.randrange(8)
        opened += await survives(history, bytes(damaged), executor)
    assert opened > 0


async def test_no_cut_or_blanked_file_crashes_or_is_overwritten(
    history: Path, executor: ThreadPoolExecutor
) -> None:
    await fill(history, executor)
    sound = history.read_bytes()
    for page in range(0, len(sound), 4096):
        await survives(history, sound[: page + 100], executor)
        await survives(history, sound[:page] + bytes(4096) + sound[page + 4096 :], executor)


async def survives(path: Path, content: bytes, executor: ThreadPoolExecutor) -> bool:
    """Say whether such a file opened; it may be refused, but then it is left as it was."""
    path.write_bytes(content)
    try:
        store = await Store.open(path, executor)
    except StoreError:
        assert path.read_bytes() == content
        return False
    with contextlib.suppress(StoreError):
        await use(store)
    await store.close()
    return True


def in_private_mounts(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount what it likes."""
    command = ["unshare", "--mount", "sh", "-ec", script, "sh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)


FILLER = """
import asyncio, json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.errors import StoreError
from app.model.attachments import Draft
from app.model.events import Answer
from app.store import Store

async def main():
    folder = Path(sys.argv[1])
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(5_000_000))
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(folder / "data" / "history.sqlite", executor)
        thread = await store.create_thread("t")
        reply = await store.open_reply(thread.id, profile="", model="")
        kept, fault = 0, None
        while fault is None:
            try:
                await store.extend(reply.id, [Answer(f"{kept} " + "x" * 5000 + "\\n")])
                kept += 1
            except StoreError as error:
                fault = (type(error).__name__, error.sentence.key)
        read = len((await store.messages(thread.id))[0].answer.splitlines())
        ballast.unlink()
        await store.extend(reply.id, [Answer("and on")])
        await store.close()
        store = await Store.open(folder / "data" / "history.sqlite", executor)
        again = (await store.messages(thread.id))[0].answer.splitlines()
        await store.close()
        print(json.dumps([kept, read, len(again), again[-1], fault]))

asyncio.run(main())
"""


@pytest.mark.usefixtures("own_mounts")
def test_a_full_disk_takes_nothing_that_was_acknowledged_and_is_survived(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=8M tmpfs "$1"; exec "$2" -c "$3" "$1"'
    done = in_private_mounts(script, str(tmp_path), sys.executable, FILLER)
    assert done.returncode == 0, done.stderr
    kept, read, again, last, fault = json.loads(done.stdout)
    assert kept > 10
    assert (read, again, last) == (kept, kept + 1, "and on")
    assert fault == ["Full", "store.disk_full"]


OPENER = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.errors import StoreError
from app.store import Store

async def main():
    with ThreadPoolExecutor(1) as executor:
        try:
            await (await Store.open(Path(sys.argv[1]) / "history.sqlite", executor)).close()
            print("opened")
        except StoreError as error:
            print(type(error).__name__, error.sentence.key)

asyncio.run(main())
"""


@pytest.mark.usefixtures("own_mounts")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    script = """mount -t tmpfs tmpfs "$1"
        mount -o remount,ro "$1"; "$2" -c "$3" "$1"
        mount -o remount,rw "$1"; "$2" -c "$3" "$1"
        mount -o remount,ro "$1"; "$2" -c "$3" "$1" """
    done = in_private_mounts(script, str(tmp_path), sys.executable, OPENER)
    assert done.stdout.splitlines() == ["Full store.read_only", "opened", "Full store.read_only"], done.stderr


def test_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace here")
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]
    command += ["-e", "inject=fdatasync:error=EIO", sys.executable, "-c", OPENER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if "ptrace" in done.stderr:
        pytest.skip("tracing is not permitted here")
    assert done.stdout.strip() == "Full store.disk_error", done.stderr
