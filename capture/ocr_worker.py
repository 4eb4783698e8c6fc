"""Text in pictures, by rapidocr, whose weights lie in its wheel.  Runs in a worker, on one core."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr

from app.errors import Unreadable
from app.model.screens import Box, Line
from capture.leaders import runs
from capture.reading_order import in_order

SIDE_LIMIT = 4000  # pixels; the longer side of what is read, small print on a large screen included
NARROW = 0.4  # times its height a sign is wide at least
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield for every picture in `paths` its lines in reading order: text, box and score of each."""
    cv2.setNumThreads(1)
    engine = make_engine()
    for path in task["paths"]:
        lines = read(engine, path)
        yield {"lines": [_plain(line) for line in lines]}, b""


def make_engine() -> Any:
    """Return the engine: one thread, silent, and with the weights named, so that it never fetches any."""
    folder = Path(rapidocr.__file__).parent / "models"
    weights = {key: str(folder / name) for key, name in _MODELS.items()}
    params = {
        "Global.log_level": "critical",
        "Global.max_side_len": SIDE_LIMIT,
        "Global.use_cls": False,  # a screen or a page is not upside down
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rapidocr.RapidOCR(params=params | weights)


def read(engine: Any, path: str) -> list[Line]:
    """Return the lines of one picture in reading order."""
    # Decoded from memory: OpenCV cannot open every name that Windows allows.
    picture = cv2.imdecode(np.frombuffer(Path(path).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise Unreadable("document.damaged")
    found = engine(picture, use_det=True)
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    lines = (
        Line(text.strip(), _box(corners), float(score))
        for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True)
    )
    # Dots are not found as text: they lie between the pieces of a row.
    return [_with_leaders(engine, picture, line) for line in in_order([line for line in lines if line.text])]


def _with_leaders(engine: Any, picture: Any, line: Line) -> Line:
    """Return the line; where dots lead through it, with the dots and what stands between them."""
    box = line.box
    strip = picture[box.top : box.top + box.height, box.left : box.left + box.width]
    if not (dotted := runs(strip)):
        return line
    parts, read_to = [], 0
    for run in dotted:
        parts += [_word(engine, strip[:, read_to : run.left]), "." * run.dots]
        read_to = run.right
    parts.append(_word(engine, strip[:, read_to:]))
    return replace(line, text=" ".join(filter(None, parts)))


def _word(engine: Any, strip: Any) -> str:
    """Return what a part of a line says; '' for one too narrow to say anything."""
    if strip.shape[1] < NARROW * strip.shape[0]:
        return ""
    found = engine(strip, use_det=False)
    return "".join(found.txts or ()).strip()


def _box(corners: Any) -> Box:
    left, top = (int(value) for value in np.floor(corners.min(axis=0)))
    right, bottom = (int(value) for value in np.ceil(corners.max(axis=0)))
    return Box(max(0, left), max(0, top), max(1, right - left), max(1, bottom - top))


def _plain(line: Line) -> dict[str, Any]:
    box = line.box
    return {
        "text": line.text,
        "box": [box.left, box.top, box.width, box.height],
        "score": round(line.score, 4),
        "pieces": [_plain(piece) for piece in line.pieces],
    }
