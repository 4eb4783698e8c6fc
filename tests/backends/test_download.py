"""Files fetched from a mirror of our own that breaks off, lies, changes its mind and floods."""

import asyncio
import contextlib
import errno
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import BackendError, Broken, Rejected, Unreachable
from app.library import File
from app.workers import Workers
from backends import download
from backends.download import fetch
from tests.model_servers import free_port

DATA = b"GGUF" + bytes(range(256)) * 20_000  # 5 MB
DIGEST = hashlib.sha256(DATA).hexdigest()
OTHER = b"GGUF" + bytes(reversed(range(256))) * 20_000


@dataclass
class Mirror:
    """A server of one file: `cut` is how many bytes it sends before it hangs up, `headers` are added to its own."""

    data: bytes = DATA
    etag: str = '"one"'
    declares: str = ""
    cut: int | None = None
    stuck: bool = False
    ranges: bool = True
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    redirect: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    port: int = 0
    talks: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/model.gguf"

    def file(self, **more: Any) -> File:
        return replace(File(self.url, len(DATA), DIGEST), **more)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.talks[task] = writer
        with contextlib.suppress(ConnectionError):
            line = (await reader.readline()).decode()
            headers = {":path": line.split()[1]} if line else {}
            while field_line := (await reader.readline()).decode().strip():
                name, _, value = field_line.partition(":")
                headers[name.lower()] = value.strip()
            self.asked.append(headers)
            await self.answer(headers, writer)
        writer.close()

    async def hang_up(self) -> None:
        """End every talk at once, with what it has not sent: none may outlive the test's loop."""
        for task, writer in self.talks.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self.talks, return_exceptions=True)

    async def answer(self, asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        linked = {"x-linked-etag": f'"{self.declares}"'} if self.declares else {}
        if self.redirect and asked[":path"] == "/model.gguf":
            await self.head(writer, 302, linked | {"location": self.redirect, "content-length": "0"})
            return
        start = 0
        if self.ranges and "range" in asked and asked.get("if-range", self.etag) == self.etag:
            start = int(asked["range"].removeprefix("bytes=").removesuffix("-"))
        body, status = self.data[start:], self.status
        headers = linked | {
            "etag": self.etag,
            "content-length": str(len(body)),
            "content-type": "application/octet-stream",
        }
        if start:
            status = 206
            headers["content-range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        await self.head(writer, status, headers | self.headers)
        body = body[: self.cut] if self.cut is not None else body
        for at in range(0, len(body), 65536):
            writer.write(body[at : at + 65536])
            await writer.drain()
            self.sent += len(body[at : at + 65536])
        if self.stuck:
            await asyncio.sleep(60)

    @staticmethod
    async def head(writer: asyncio.StreamWriter, status: int, headers: dict[str, str]) -> None:
        lines = [
            f"HTTP/1.1 {status} So",
            *(f"{name}: {value}" for name, value in headers.items() if value),
            "connection: close",
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        await writer.drain()


@pytest.fixture
async def mirror() -> AsyncIterator[Mirror]:
    made = Mirror()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await made.hang_up()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.gguf"


@pytest.fixture
def get(workers: Workers, target: Path) -> Callable[..., Any]:
    """Fetch a file to the target and return how far it said it was."""

    async def get(file: File) -> list[int]:
        told: list[int] = []
        await fetch(file, target, workers=workers, told=told.append)
        return told

    return get


async def fault(work: Any) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await work
    return caught.value


def left(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()} if target.parent.exists() else set()


async def test_a_file_comes_whole_and_tells_how_far_it_is(mirror: Mirror, get: Any, target: Path) -> None:
    told = await get(mirror.file())
    assert target.read_bytes() == DATA
    assert told[-1] == len(DATA)
    assert told == sorted(told)
    assert left(target) == {"model.gguf"}
    assert target.stat().st_mode & 0o777 == 0o600
    assert mirror.asked[0]["user-agent"] == "Glimpse"
    assert "authorization" not in mirror.asked[0]


async def test_one_that_is_there_is_not_fetched_again(mirror: Mirror, get: Any) -> None:
    await get(mirror.file())
    assert await get(mirror.file()) == [len(DATA)]
    assert len(mirror.asked) == 1


async def test_interrupted_it_goes_on_where_it_was(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut = 3_000_000
    error = await fault(get(mirror.file()))
    assert (type(error), error.sentence.key) == (Broken, "library.interrupted")
    there = target.with_name("model.gguf.part").stat().st_size
    assert there > 1_000_000
    mirror.cut, mirror.sent = None, 0
    await get(mirror.file())
    assert target.read_bytes() == DATA
    assert mirror.asked[-1]["range"] == f"bytes={there}-"
    assert mirror.asked[-1]["if-range"] == '"one"'
    assert mirror.sent == len(DATA) - there
    assert left(target) == {"model.gguf"}


async def test_cancelled_it_goes_on_where_it_was(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut, mirror.stuck = 3_000_000, True
    fetching = asyncio.create_task(get(mirror.file()))
    part = target.with_name("model.gguf.part")
    for _ in range(200):
        if part.exists() and part.stat().st_size > 1_000_000:
            break
        await asyncio.sleep(0.02)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    mirror.cut, mirror.stuck = None, False
    await get(mirror.file())
    assert target.read_bytes() == DATA
    assert "range" in mirror.asked[-1]


async def test_a_file_that_changed_meanwhile_is_fetched_anew(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut, mirror.declares = 3_000_000, DIGEST
    await fault(get(mirror.file(digest="")))
    mirror.cut, mirror.data, mirror.etag = None, OTHER, '"two"'
    mirror.declares = hashlib.sha256(OTHER).hexdigest()
    await get(mirror.file(digest=""))
    assert target.read_bytes() == OTHER


async def test_a_file_that_changed_under_the_same_name_is_fetched_anew(
    mirror: Mirror, get: Any, target: Path
) -> None:
    """A server that says 206 of another file: the digest it declares gives it away."""
    mirror.cut, mirror.declares = 3_000_000, DIGEST
    await fault(get(mirror.file(digest="")))
    mirror.cut, mirror.data = None, OTHER
    mirror.declares = hashlib.sha256(OTHER).hexdigest()
    await get(mirror.file(digest=""))
    assert target.read_bytes() == OTHER
    assert "range" not in mirror.asked[-1]


async def test_a_server_that_knows_no_ranges_sends_all_of_it(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut = 3_000_000
    await fault(get(mirror.file()))
    mirror.cut, mirror.ranges = None, False
    await get(mirror.file())
    assert target.read_bytes() == DATA


async def test_a_corrupted_file_never_gets_its_name(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.data = DATA[:2_000_000] + b"!" + DATA[2_000_001:]
    error = await fault(get(mirror.file()))
    assert (type(error), error.sentence.key) == (Rejected, "library.damaged")
    assert left(target) == set()
    mirror.data = DATA
    await get(mirror.file())
    assert target.read_bytes() == DATA


async def test_a_part_that_rotted_on_disk_is_noticed(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut = 3_000_000
    await fault(get(mirror.file()))
    with target.with_name("model.gguf.part").open("r+b") as file:
        file.seek(1000)
        file.write(b"rotten")
    mirror.cut = None
    assert (await fault(get(mirror.file()))).sentence.key == "library.damaged"
    await get(mirror.file())
    assert target.read_bytes() == DATA


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b'{"digest": "x", "size": 3, "etag": ""}', b'{"digest": 1, "size": "x", "etag": 2}'],
)
async def test_a_note_that_makes_no_sense_means_from_the_beginning(
    mirror: Mirror, get: Any, target: Path, note: bytes
) -> None:
    mirror.cut = 3_000_000
    await fault(get(mirror.file()))
    target.with_name("model.gguf.part.json").write_bytes(note)
    mirror.cut = None
    await get(mirror.file())
    assert target.read_bytes() == DATA


async def test_the_digest_the_address_declares_counts_not_the_mirrors(
    mirror: Mirror, get: Any, target: Path
) -> None:
    """As the hub does it: its own address says what the file must be and sends on to a store."""
    mirror.redirect, mirror.declares = f"http://127.0.0.1:{mirror.port}/store", DIGEST
    await get(mirror.file(digest=""))
    assert target.read_bytes() == DATA
    target.unlink()
    mirror.data = OTHER
    assert (await fault(get(mirror.file(digest="")))).sentence.key == "library.damaged"


async def test_without_any_digest_nothing_is_fetched(mirror: Mirror, get: Any, target: Path) -> None:
    assert (await fault(get(mirror.file(digest="")))).sentence.key == "library.no_digest"
    assert left(target) == set()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"headers": {"content-type": "text/html; charset=utf-8"}}, "library.web_page"),
        ({"headers": {"content-encoding": "gzip"}}, "library.odd"),
        ({"redirect": "ftp://127.0.0.1/x"}, "library.odd"),
        ({"redirect": "file:///etc/passwd"}, "library.odd"),
        ({"redirect": "https://127.0.0.1/x"}, "library.odd"),
        ({"redirect": "/model.gguf"}, "library.odd"),
        ({"data": DATA[:1000]}, "library.changed"),
        ({"data": DATA + b"more"}, "library.changed"),
        ({"headers": {"content-length": ""}}, "library.no_digest"),
        ({"status": 401}, "library.not_there"),
        ({"status": 404}, "library.not_there"),
        ({"status": 429}, "library.busy"),
        ({"status": 500}, "library.broken"),
    ],
)
async def test_what_is_not_the_file_is_told_in_a_sentence(
    mirror: Mirror, get: Any, target: Path, more: dict[str, Any], key: str
) -> None:
    for name, value in more.items():
        setattr(mirror, name, value)
    assert (await fault(get(mirror.file()))).sentence.key == key
    assert not target.exists()


async def test_a_redirect_never_leads_from_afar_into_a_private_network() -> None:
    for near in ("http://127.0.0.1/x", "http://192.168.0.1/x", "http://router.local/x", "http://[::1]/x"):
        with pytest.raises(Rejected):
            download._next("http://hub.example/file", near)
    assert download._next("http://hub.example/file", "http://store.example/x") == "http://store.example/x"


async def test_a_body_without_end_is_left(mirror: Mirror, get: Any, target: Path) -> None:
    """It claims the right length, chunked, and goes on."""

    async def endless(asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await mirror.head(
            writer,
            206,
            {"content-range": f"bytes 1-{len(DATA) - 1}/{len(DATA)}", "transfer-encoding": "chunked"},
        )
        while mirror.sent < 20 * len(DATA):
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()
            mirror.sent += 65536

    mirror.cut = 3_000_000
    await fault(get(mirror.file()))
    part = target.with_name("model.gguf.part")
    part.write_bytes(DATA[:1])
    mirror.answer = endless  # type: ignore[method-assign]
    mirror.sent = 0
    async with asyncio.timeout(30):
        assert (await fault(get(mirror.file()))).sentence.key == "library.too_long"
    assert mirror.sent < 3 * len(DATA)
    assert left(target) == set()


async def test_nobody_there_is_told(get: Any) -> None:
    error = await fault(get(File(f"http://127.0.0.1:{free_port()}/model.gguf", 10, DIGEST)))
    assert (type(error), error.sentence.key) == (Unreachable, "library.unreachable")


async def test_room_is_looked_for_before_anything_is_fetched(
    mirror: Mirror, get: Any, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = type("Usage", (), {"free": len(DATA) + download.RESERVE - 1})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    error = await fault(get(mirror.file()))
    assert (type(error), error.sentence.key) == (Rejected, "library.no_room")
    assert left(target) == set()


FULL = """
import asyncio, sys
from pathlib import Path
from app.errors import BackendError
from app.library import File
from app.workers import Workers
from backends import download

async def main(url, size, digest, folder):
    download.RESERVE = 0
    download.shutil.disk_usage = lambda _: type("Usage", (), {"free": 2**40})  # full is noticed only in writing
    workers = Workers()
    file = File(url, int(size), digest)
    try:
        await download.fetch(file, Path(folder, "model.gguf"), workers=workers, told=lambda _: None)
    except BackendError as error:
        print(error.sentence.key, [path.name for path in Path(folder).iterdir()])
    workers.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_disk_that_fills_up_is_told_and_freed_again(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    words = [sys.executable, "-c", textwrap.dedent(FULL), mirror.url, str(len(DATA)), DIGEST, str(folder)]
    mount = f'mount -t tmpfs -o size=2M none {folder} && exec "$@"'
    process = await asyncio.create_subprocess_exec(
        "unshare", "-Urm", "sh", "-c", mount, "sh", *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    if b"unshare" in err or b"mount:" in err:
        pytest.skip(f"this system does not let us make a small disk: {err.decode()}")
    assert out.decode().split(" ", 1) == ["library.disk_full", "[]\n"], err.decode()


async def test_a_disk_that_cannot_be_written_is_told(
    mirror: Mirror, get: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(download._Partial, "write", broken)
    error = await fault(get(mirror.file()))
    assert (type(error), error.sentence.key) == (Rejected, "library.unwritable")


KILLED = """
import asyncio, sys
from pathlib import Path
from app.library import File
from app.workers import Workers
from backends.download import fetch

def told(size):
    if size > 2_000_000:
        print("under way", flush=True)

async def main(url, size, digest, target):
    await fetch(File(url, int(size), digest), Path(target), workers=Workers(), told=told)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_in_the_middle_it_goes_on_where_it_was(mirror: Mirror, get: Any, target: Path) -> None:
    mirror.cut, mirror.stuck = 4_000_000, True
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, mirror.url, str(len(DATA)), DIGEST, str(target), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"under way\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert not target.exists()
    note = json.loads(target.with_name("model.gguf.part.json").read_bytes())
    assert note == {"digest": DIGEST, "size": len(DATA), "etag": '"one"'}
    mirror.cut, mirror.stuck = None, False
    await get(mirror.file())
    assert target.read_bytes() == DATA
    assert "range" in mirror.asked[-1]
