"""What QR codes in a picture say.  Runs in a worker: whoever drew the code chose what is decoded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.errors import Unreadable

LIMIT = 32  # codes of one picture
_QUIET = 16  # pixels of white around it: a code that fills its picture has no rim of its own


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the texts of the codes in the picture at `path`, from the top down; none where there is no code."""
    cv2.setNumThreads(1)
    picture = cv2.imdecode(np.frombuffer(Path(task["path"]).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise Unreadable("document.damaged")
    yield {"codes": read(picture)}, b""


def read(picture: Any) -> list[str]:
    """Return what the codes in a grey picture say."""
    around = cv2.copyMakeBorder(picture, _QUIET, _QUIET, _QUIET, _QUIET, cv2.BORDER_CONSTANT, value=255)
    return _decoded(picture) or _decoded(around)


def _decoded(picture: Any) -> list[str]:
    try:
        found, texts, corners, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(picture)
    except (cv2.error, UnicodeDecodeError):  # a code that only looks like one
        return []
    if not found:
        return []
    placed = sorted(zip((float(corner[0][1]) for corner in corners), texts, strict=True))
    return list(dict.fromkeys(text for _, text in placed if text))[:LIMIT]
