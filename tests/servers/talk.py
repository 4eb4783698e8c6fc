"""What a reply was, and real media for a case."""

import io
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from app.blobs import BlobStore
from app.errors import BackendError
from app.model import Answer, Clip, Ending, Event, Finish, Part, Picture, Reasoning, Request, Usage
from backends.openai_compatible import OpenAICompatible
from tests.servers.cases import COLORS, Case, Content, Filmed, Painted


@dataclass(slots=True)
class Heard:
    """What a backend said to its end, and the error it ended with."""

    events: list[Event] = field(default_factory=list)
    error: BackendError | None = None

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Reasoning))

    @property
    def answer(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Answer))

    @property
    def usage(self) -> Usage:
        return next(event for event in self.events if isinstance(event, Usage))

    @property
    def ended(self) -> Ending:
        return next(event.ended for event in self.events if isinstance(event, Finish))


Connect = Callable[..., OpenAICompatible]
Compose = Callable[[Case], Request]
Hear = Callable[[OpenAICompatible, Request], Coroutine[None, None, Heard]]


def part(content: Content, blobs: BlobStore, folder: Path) -> Part:
    """Return what a case names as the app would send it; clips are made in `folder`."""
    match content:
        case Painted():
            return _paint(content, blobs)
        case Filmed():
            return _film(content, blobs, folder)
        case _:
            return content


def _paint(painted: Painted, blobs: BlobStore) -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (painted.width, painted.height), tuple(COLORS[painted.color])).save(file, "PNG")
    return Picture(blobs.keep(file.getvalue(), "image/png"), painted.width, painted.height)


def _film(filmed: Filmed, blobs: BlobStore, folder: Path) -> Clip:
    return Clip(blobs.keep_file(film(filmed, folder), "video/mp4"), 168, 112, seconds=4, rate=10)


def film(filmed: Filmed, folder: Path) -> Path:
    """Make a clip of four seconds in a folder."""
    path = folder / f"{filmed.first}-{filmed.last}.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (168, 112))
    for name in (filmed.first, filmed.last):
        for _ in range(20):
            writer.write(np.full((112, 168, 3), COLORS[name][::-1], np.uint8))
    writer.release()
    return path
