"""Request bodies with media in them, put together below the SDK.

The SDK serialises a body in which every picture is a short mark; the bytes, encoded once and kept, take
the marks' places on their way out.  ``json.dumps`` of 60 pages would hold up every thread for 0.1 s.
"""

import asyncio
import base64
import re
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

from app.errors import Rejected, StoreError
from app.model.attachments import Blob
from app.ports import Blobs

SLICE = 3 * 2**18  # bytes: a multiple of 3, so that encoded slices join; a millisecond's work
KEPT = 128 * 2**20  # bytes of base64 that are kept for the next turn
LARGE = 24 * 2**20  # bytes: what is larger is encoded on its way out, and not kept

Encoded = tuple[bytes, ...]


class Media:
    """Blobs as base64, each encoded once as long as it is among the latest used."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._kept: OrderedDict[str, Encoded] = OrderedDict()
        self._weight = 0

    async def pack(self, wanted: Iterable[Blob]) -> "Parcel":
        """Return the blobs ready to be sent; raises `Rejected` when one is gone."""
        parcel = Parcel()
        for blob in wanted:
            if blob.digest not in parcel.held:
                parcel.held[blob.digest] = await self._ready(blob)
                parcel.sizes[blob.digest] = blob.size
        return parcel

    async def _ready(self, blob: Blob) -> "Encoded | Path":
        try:
            if blob.size > LARGE:
                return await asyncio.to_thread(self._blobs.path, blob)
            if blob.digest not in self._kept:
                self._keep(blob.digest, await asyncio.to_thread(self._encode, blob))
        except (OSError, StoreError) as error:
            raise Rejected("backend.media_gone") from error
        self._kept.move_to_end(blob.digest)
        return self._kept[blob.digest]

    def _encode(self, blob: Blob) -> Encoded:
        data = memoryview(self._blobs.read(blob))
        if len(data) != blob.size:
            raise OSError(f"a blob of {blob.size} bytes has {len(data)}")
        # In slices, because encoding holds the interpreter's lock.
        return tuple(base64.b64encode(data[at : at + SLICE]) for at in range(0, len(data), SLICE))

    def _keep(self, digest: str, encoded: Encoded) -> None:
        if digest in self._kept:  # two requests asked for it at once
            return
        self._kept[digest] = encoded
        self._weight += sum(map(len, encoded))
        while self._weight > KEPT and len(self._kept) > 1:
            self._weight -= sum(map(len, self._kept.popitem(last=False)[1]))


class Parcel:
    """The media of one request; holds on to them until it has been sent."""

    def __init__(self) -> None:
        # Random, so that no text of a user or a model can stand for a picture.
        self.mark = secrets.token_hex(16)
        self.held: dict[str, Encoded | Path] = {}
        self.sizes: dict[str, int] = {}
        self._pattern = re.compile(self.mark.encode() + rb"\.([0-9a-f]+)\.")

    def url(self, blob: Blob) -> str:
        """Return the data URL of a blob, with a mark in place of its bytes."""
        return f"data:{blob.mime};base64,{self.mark}.{blob.digest}."

    def fill(self, body: bytes) -> "Filled":
        """Return the body with the bytes in place of the marks."""
        pieces = self._pattern.split(body)
        return Filled([piece.decode() if n % 2 else piece for n, piece in enumerate(pieces)], self)


class Filled:
    """A body as it goes out: plain bytes, and digests that stand for a parcel's media."""

    def __init__(self, pieces: list[bytes | str], parcel: Parcel) -> None:
        self._pieces = pieces
        self._parcel = parcel

    @property
    def length(self) -> int:
        """The length in bytes; base64 makes four of three."""
        sizes = self._parcel.sizes
        return sum(
            len(piece) if isinstance(piece, bytes) else (sizes[piece] + 2) // 3 * 4 for piece in self._pieces
        )

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in slices; raises `OSError` when a large file has changed."""
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            held = self._parcel.held[piece]
            if isinstance(held, tuple):
                for encoded in held:
                    yield encoded
            else:
                async for encoded in _encode_file(held, self._parcel.sizes[piece]):
                    yield encoded


async def _encode_file(path: Path, size: int) -> AsyncGenerator[bytes, None]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        left = size
        while left > 0:
            data = await asyncio.to_thread(file.read, min(SLICE, left))
            if not data:
                raise OSError(f"{size} bytes were expected, {left} are missing")
            left -= len(data)
            yield base64.b64encode(data)
    finally:
        file.close()
