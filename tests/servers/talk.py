"""A case as the app would ask it, with real media, and what the reply was."""

import contextlib
import io
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from app.blobs import BlobStore
from app.errors import BackendError
from app.model.attachments import Attachment, Clip, Kind, Picture, Progress
from app.model.events import Answer, Event, Finish, Reasoning
from app.model.limits import Limits
from app.model.messages import Ending, Message, Question, Reply, Usage
from app.model.profiles import Profile
from app.model.requests import Request
from app.plan import request_for
from app.ports import Backend
from backends.openai_compatible import OpenAICompatible
from tests.servers.cases import COLORS, Case, Content, Filmed, Painted

STILLS = (1.0, 3.0)  # seconds into a clip
_WHEN = datetime.fromtimestamp(0, UTC)


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

    @property
    def fault(self) -> str:
        return self.error.sentence.key if self.error is not None else ""


Connect = Callable[..., OpenAICompatible]
Compose = Callable[[Case], Request]
Hear = Callable[[Backend, Request], Coroutine[None, None, Heard]]


async def listen(backend: Backend, request: Request) -> Heard:
    """Listen to a reply to its end."""
    heard = Heard()
    try:
        async with contextlib.aclosing(backend.stream(request)) as batches:
            async for batch in batches:
                heard.events.extend(batch)
    except BackendError as error:
        heard.error = error
    return heard


class Studio:
    """Makes real media and keeps them; `names` says by digest what is on them."""

    def __init__(self, folder: Path) -> None:
        self.blobs = BlobStore(folder / "blobs")
        self.names: dict[str, str] = {}
        self._folder = folder

    def picture(
        self, painted: Painted, *, number: int | None = None, seconds: float | None = None
    ) -> Picture:
        """Return a picture of one colour."""
        file = io.BytesIO()
        size = painted.width, painted.height
        Image.new("RGB", size, tuple(COLORS[painted.color])).save(file, "PNG")
        blob = self.blobs.keep(file.getvalue(), "image/png")
        self.names[blob.digest] = f"{painted.color} {painted.width}×{painted.height}"
        return Picture(blob, *size, number=number, seconds=seconds)

    def clip(self, filmed: Filmed) -> Clip:
        """Return a clip as it came."""
        blob = self.blobs.keep_file(film(filmed, self._folder), "video/mp4")
        self.names[blob.digest] = f"{filmed.first} to {filmed.last}"
        return Clip(blob, 168, 112, seconds=filmed.seconds, rate=10)

    def attachment(self, content: Painted | Filmed) -> Attachment:
        """Return what a user could have attached."""
        if isinstance(content, Painted):
            name = f"{content.color}.png"
            return Attachment(name, Kind.PICTURE, name, Progress.READY, pictures=(self.picture(content),))
        halves = [content.first if seconds < 2 else content.last for seconds in STILLS]
        stills = tuple(
            self.picture(Painted(color, 168), number=number, seconds=seconds)
            for number, (color, seconds) in enumerate(zip(halves, STILLS, strict=True), 1)
        )
        name = f"{content.first}-{content.last}.mp4"
        return Attachment(name, Kind.CLIP, name, Progress.READY, pictures=stills, clip=self.clip(content))

    def request(self, case: Case, profile: Profile, limits: Limits) -> Request:
        """Return the request that the app would make of a case."""
        messages: list[Message] = []
        for turn in case.before:
            messages.append(self._question(turn.asked))
            messages.append(Reply(0, turn.reasoning, turn.answer, Ending.FINISHED, _WHEN))
        messages.append(self._question(case.asked))
        return request_for(messages, profile, limits)

    def _question(self, contents: tuple[Content, ...]) -> Question:
        text = "\n".join(content for content in contents if isinstance(content, str))
        media = tuple(self.attachment(content) for content in contents if not isinstance(content, str))
        return Question(0, text, media, _WHEN)


def film(filmed: Filmed, folder: Path) -> Path:
    """Make a clip in a folder."""
    path = folder / f"{filmed.first}-{filmed.last}.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (168, 112))
    for name in (filmed.first, filmed.last):
        for _ in range(5 * filmed.seconds):
            writer.write(np.full((112, 168, 3), COLORS[name][::-1], np.uint8))
    writer.release()
    return path


async def words_that_leave(room: int, context: int, backend: Backend, ask: Callable[[str], Request]) -> str:
    """Return as many words as leave about this room, in tokens, in the context of a server."""
    few, many = [(await listen(backend, ask("word " * count))).usage.prompt for count in (100, 200)]
    return "word " * ((context - room - few) * 100 // (many - few) + 100)
