"""One file of a model, fetched: it can be interrupted at any time, goes on where it was, and is whole or not there.

The server is a stranger.  What it sends is believed only when its SHA-256 is the one expected: the one we know, or, where
we know none, the one that the file's own address declares, which a mirror behind it cannot change.
"""

import asyncio
import contextlib
import errno
import hashlib
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import httpx2

from app.errors import BackendError, Broken, Busy, Rejected, Unreachable
from app.files import make_folder, settle, write_atomic
from app.library import PARTIAL, File
from app.machine import gb
from app.ports import Workers
from backends.transport import is_near, proxy_for

RESERVE = 500 * 2**20  # bytes left free on the disk: conversations are kept there, too
CHUNK = 2**20  # bytes written at once
_HOPS = 5
_LOOK = 64 * 2**20  # bytes after which the room on the disk is looked at again
_NOTE_LIMIT = 10_000
_DIGEST = re.compile(r'"?([0-9a-f]{64})"?')
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_WAITING = httpx2.Timeout(connect=15, read=60, write=15, pool=None)


@dataclass(frozen=True, slots=True)
class Note:
    """What is being fetched, kept beside it: what it must be in the end, and its name at the server that sends it."""

    digest: str
    size: int
    etag: str = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    """A response whose body is the file, from byte `start` on."""

    response: httpx2.Response
    note: Note
    start: int


async def fetch(file: File, target: Path, *, workers: Workers, told: Callable[[int], None]) -> None:
    """Have `file` at `target`; raises `BackendError`, and keeps what came for the next time where that makes sense.

    `told` is called with the number of bytes that are there.  Two may not fetch to one target at the same time.
    """
    if await workers.thread(target.exists):
        told(await workers.thread(_size, target))
        return
    partial = _Partial(target)
    begun = await workers.thread(partial.read)
    try:
        async with _client(file.url) as client, _asked(client, file, begun, partial.size) as reply:
            try:
                await whole(workers.thread(partial.begin, reply.note, reply.start, told))
                await _receive(reply, partial, workers, told)
            finally:
                partial.close()
        await whole(workers.thread(partial.finish, reply.note))
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.InvalidURL) as error:
        raise Unreachable("library.unreachable", host=_host(file.url)) from error
    except httpx2.HTTPError as error:
        raise Broken("library.interrupted") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            # A full disk loses what people write; nothing of ours may keep it full.
            await workers.thread(partial.forget)
            raise Rejected("library.disk_full") from error
        raise Rejected("library.unwritable", why=error.strerror or "") from error


def _client(url: str) -> httpx2.AsyncClient:
    transport = httpx2.AsyncHTTPTransport(trust_env=False, proxy=proxy_for(url))
    headers = {"accept-encoding": "identity", "user-agent": "Glimpse", "accept": "*/*"}
    return httpx2.AsyncClient(
        transport=transport, trust_env=False, follow_redirects=False, timeout=_WAITING, headers=headers
    )


@contextlib.asynccontextmanager
async def _asked(
    client: httpx2.AsyncClient, file: File, begun: Note | None, size: int
) -> AsyncIterator[_Reply]:
    """Ask for the file, from where it was begun if it is still the same, and give the reply."""
    if begun is not None and size:
        async with _answered(client, file, _resuming(begun, size)) as (response, declared):
            if response.status_code == httpx2.codes.PARTIAL_CONTENT:
                start, total = _range(response)
                note = _expected(file, declared or begun.digest, total, response)
                if (start, note.digest, note.size) == (size, begun.digest, begun.size):
                    yield _Reply(response, note, start)
                    return
    async with _answered(client, file, {}) as (response, declared):
        if response.status_code != httpx2.codes.OK:
            raise _refusal(response.status_code, file)
        length = response.headers.get("content-length", "")
        yield _Reply(
            response, _expected(file, declared, int(length) if length.isdecimal() else 0, response), 0
        )


def _resuming(begun: Note, size: int) -> dict[str, str]:
    headers = {"range": f"bytes={size}-"}
    return headers | {"if-range": begun.etag} if begun.etag else headers


@contextlib.asynccontextmanager
async def _answered(
    client: httpx2.AsyncClient, file: File, headers: dict[str, str]
) -> AsyncIterator[tuple[httpx2.Response, str]]:
    """Give the response at the end of all redirects, and the digest that the file's own address declared, or ''."""
    url, declared = file.url, ""
    for _ in range(_HOPS):
        async with client.stream("GET", url, headers=headers) as response:
            if url == file.url:
                declared = _declared(response)
            if not response.is_redirect:
                _check_kind(response, url)
                yield response, declared
                return
            url = _next(url, response.headers.get("location", ""))
    raise Rejected("library.odd", host=_host(file.url))


def _next(url: str, location: str) -> str:
    """Return where a redirect leads: never to another scheme, and never from afar into a private network."""
    found = urljoin(url, location)
    if urlsplit(found).scheme != urlsplit(url).scheme or (is_near(_host(found)) and not is_near(_host(url))):
        raise Rejected("library.odd", host=_host(url))
    return found


def _declared(response: httpx2.Response) -> str:
    """Return the digest that hubs of models declare of what they keep elsewhere."""
    for name in ("x-linked-etag", "etag"):
        if found := _DIGEST.fullmatch(response.headers.get(name, "")):
            return found[1]
    return ""


def _check_kind(response: httpx2.Response, url: str) -> None:
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Rejected("library.odd", host=_host(url))
    if response.is_success and response.headers.get("content-type", "").startswith("text/html"):
        raise Rejected("library.web_page", host=_host(url))


def _range(response: httpx2.Response) -> tuple[int, int]:
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    return (int(found[1]), int(found[2])) if found else (-1, 0)


def _expected(file: File, declared: str, size: int, response: httpx2.Response) -> Note:
    """Return what must be there in the end; raises `Rejected` where that is not what was offered, or not known."""
    digest = file.digest or declared
    if not digest or not size:
        raise Rejected("library.no_digest", host=_host(file.url))
    # Where no digest is known beforehand, the length is only about right.
    if size != file.size if file.digest else not file.size / 2 <= size <= file.size * 2:
        raise Rejected("library.changed", name=file.name)
    etag = response.headers.get("etag", "")
    return Note(digest, size, etag if etag.startswith('"') else "")


def _refusal(status: int, file: File) -> BackendError:
    if status in (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE):
        return Busy("library.busy", host=_host(file.url))
    if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        return Broken("library.broken", host=_host(file.url), status=status)
    return Rejected("library.not_there", name=file.name, host=_host(file.url), status=status)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def _receive(reply: _Reply, partial: "_Partial", workers: Workers, told: Callable[[int], None]) -> None:
    """Write what comes, no more than was promised."""
    buffer = bytearray()
    async for piece in reply.response.aiter_raw():
        buffer += piece
        if partial.size + len(buffer) > reply.note.size:
            await workers.thread(partial.forget)
            raise Rejected("library.too_long", host=reply.response.url.host)
        if len(buffer) >= CHUNK:
            await _write(partial, buffer, workers, told)
    await _write(partial, buffer, workers, told)
    if partial.size < reply.note.size:
        raise Broken("library.interrupted")


async def _write(
    partial: "_Partial", buffer: bytearray, workers: Workers, told: Callable[[int], None]
) -> None:
    data = bytes(buffer)
    buffer.clear()
    await whole(workers.thread(partial.write, data))
    told(partial.size)


async def whole(work: Coroutine[Any, Any, None]) -> None:
    """Wait for a thread to its end even when cancelled: it cannot be, and must not write after the file is given up."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.gather(working, return_exceptions=True)
        raise


class _Partial:
    """The part of a file that is there, in a file of its own beside a note.  Every call blocks."""

    def __init__(self, target: Path) -> None:
        self.size = 0
        self._target = target
        self._path = target.with_name(target.name + PARTIAL)
        self._note = target.with_name(target.name + PARTIAL + ".json")
        self._hash = hashlib.sha256()
        self._file: IO[bytes] | None = None
        self._looked = 0

    def read(self) -> Note | None:
        """Return what was begun, None when nothing was that makes sense."""
        try:
            self.size = _size(self._path)
            data: Any = json.loads(self._note.read_bytes()[:_NOTE_LIMIT])
            note = Note(str(data["digest"]), int(data["size"]), str(data["etag"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.size = 0
            return None
        if self.size > note.size or not note.etag.isascii() or not note.etag.isprintable():
            self.size = 0
            return None
        return note

    def begin(self, note: Note, start: int, told: Callable[[int], None]) -> None:
        """Read what is there, for its digest, and go on at `start`; raises `Rejected` where the disk has too little room, and `OSError`."""
        make_folder(self._target.parent)
        self._check_room(note.size - start)
        write_atomic(self._note, json.dumps(asdict(note)).encode())
        self._file = self._path.open("r+b" if start else "wb")
        self._path.chmod(0o600)
        self.size = 0
        for data in _read(self._file, start):
            self._hash.update(data)
            self.size += len(data)
            told(self.size)
        self._file.truncate(start)

    def write(self, data: bytes) -> None:
        """Append; raises `Rejected` where the disk is nearly full, and `OSError`."""
        if self._file is None:
            raise ValueError("not begun")
        if self.size - self._looked >= _LOOK:
            self._check_room(len(data))
            self._looked = self.size
        self._file.write(data)
        self._file.flush()  # here, so that a full disk is told here
        self._hash.update(data)
        self.size += len(data)

    def close(self) -> None:
        """Let go of the file, keeping it."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def finish(self, note: Note) -> None:
        """Give the whole file its name; raises `Rejected` when it is not what it should be."""
        if self._hash.hexdigest() != note.digest:
            self.forget()
            raise Rejected("library.damaged")
        settle(self._path, self._target)
        self._note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Delete what is there."""
        self.close()
        self._path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._target.parent).free
        if free < needed + RESERVE:
            raise Rejected("library.no_room", needed=gb(needed), free=gb(free))


def _read(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (data := file.read(min(size, CHUNK))):
        size -= len(data)
        yield data


def _size(path: Path) -> int:
    return path.stat().st_size
