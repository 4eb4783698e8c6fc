"""A picture of the whole desktop that another program took."""

import io
import struct

from PIL import Image

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot

_UNREADABLE = (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError)


def decode(data: bytes) -> Shot:
    """Return a PNG, JPEG or PPM as a shot of one monitor; raises `NoScreen` when it is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "PPM")) as image:
            seen = Image.new("RGB", image.size)  # black, so that what is transparent shows as nothing
            layer = image.convert("RGBA")
            seen.paste(layer, mask=layer)
    except _UNREADABLE as error:
        raise NoScreen("capture.portal_picture") from error
    width, height = seen.size
    return Shot(Monitor(Box(0, 0, width, height), primary=True), width, height, seen.tobytes("raw", "BGRX"))
