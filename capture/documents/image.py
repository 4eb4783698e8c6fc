"""A picture file as a picture of our own: decoded, set upright, on white, no larger than models see.

Runs in a worker: whatever the file holds besides pixels stays here.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps

from app.errors import TooLarge, Unreadable

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
DECODE_LIMIT = 60_000_000  # pixels; what a picture may unpack to
SENT_LIMIT = 4_816_896  # pixels; models scale anything larger down to this
PNG_LIMIT = 2 * 2**20  # bytes up to which exact pixels are worth their weight
QUALITIES = 90, 80, 70
WEIGHT_LIMIT = 5_000_000 - 1  # bytes; the strictest server takes no heavier picture
_ORIENTATION, _LYING = 0x0112, 5  # of Exif; from here on width and height are exchanged
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the picture at `path` once: head with width, height and mime, body encoded.

    Where it was scaled down, the head also has the size it had, as `whole_width` and `whole_height`.
    """
    Image.MAX_IMAGE_PIXELS = DECODE_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(task["path"], formats=FORMATS) as source:
            lossy = source.format == "JPEG"
            whole = _upright_size(source)
            picture = flatten(source)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooLarge("document.pixels") from error
    except _DAMAGE as error:
        raise Unreadable("document.damaged") from error
    picture, mime, data = encode(shrink(picture, SENT_LIMIT), lossy=lossy)
    head = {"width": picture.width, "height": picture.height, "mime": mime}
    if picture.size != whole:
        head |= {"whole_width": whole[0], "whole_height": whole[1]}
    yield head, data


def _upright_size(source: Image.Image) -> tuple[int, int]:
    lying = source.getexif().get(_ORIENTATION, 1) >= _LYING
    return (source.height, source.width) if lying else (source.width, source.height)


def flatten(source: Image.Image) -> Image.Image:
    """Return the first frame upright as RGB, what is transparent on white."""
    # Phones make larger pictures than models see; JPEG can be decoded at a fraction.
    source.draft("RGB", fitting(source.width, source.height, SENT_LIMIT))
    picture = ImageOps.exif_transpose(source)
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return picture.convert("RGB")


def shrink(picture: Image.Image, most: int) -> Image.Image:
    """Return the picture with at most `most` pixels, its shape kept."""
    size = fitting(picture.width, picture.height, most)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)


def fitting(width: int, height: int, most: int) -> tuple[int, int]:
    """Return the largest size of this shape that has at most `most` pixels."""
    if width * height <= most:
        return width, height
    factor = (most / (width * height)) ** 0.5
    low = min(max(1, int(height * factor)), most)  # a line of pixels cannot be thinner than one
    narrow = min(max(1, int(width * factor)), most // low)
    return narrow, min(low, most // narrow)


def encode(picture: Image.Image, *, lossy: bool) -> tuple[Image.Image, str, bytes]:
    """Return the picture, its mime and its bytes: exact as PNG unless it was lossy already or would weigh too much.

    One that no good quality makes light enough for every server comes back smaller.
    """
    if not lossy:
        data = _saved(picture, "PNG", compress_level=6)
        if len(data) <= PNG_LIMIT:
            return picture, "image/png", data
    for quality in QUALITIES:
        data = _saved(picture, "JPEG", quality=quality, subsampling=0)
        if len(data) <= WEIGHT_LIMIT:
            return picture, "image/jpeg", data
    return encode(shrink(picture, picture.width * picture.height // 2), lossy=True)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    # A fresh copy: what the file said about itself must not be written again.
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, kind, **options)
    return out.getvalue()
