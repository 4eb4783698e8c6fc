"""What a user offers, as far as it has been read.  Lengths are pixels, sizes bytes, times seconds."""

from dataclasses import dataclass
from enum import StrEnum

from app.model.sentences import Sentence

PAGE_LIMIT = 2000  # pages read of one document


TEXT_LIMIT = 20_000  # characters kept of one page


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes kept by content: `digest` is the SHA-256 in hex, `size` in bytes."""

    digest: str
    size: int
    mime: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded picture, exactly as a model will get it (PNG or JPEG, written by us).

    `number` is the page it shows, counted from 1; `seconds` its time in a clip; `text` the text
    layer that came with the page, in reading order.  `whole` is the width and height it had before it was scaled
    down, None if it was not.
    """

    blob: Blob
    width: int
    height: int
    number: int | None = None
    seconds: float | None = None
    text: str = ""
    whole: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file; `rate` in frames per second, `seconds` its length."""

    blob: Blob
    width: int
    height: int
    seconds: float
    rate: float


class Kind(StrEnum):
    """What an attachment is."""

    PICTURE = "picture"
    DOCUMENT = "document"
    DECK = "deck"
    CLIP = "clip"


class Progress(StrEnum):
    """How far an attachment has been read."""

    READING = "reading"
    READY = "ready"
    FAILED = "failed"


USUAL_DETAIL = 3


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What of a video is sent: from `start` to `end` (None: to its end), in seconds of it.

    `detail` is one of `app.excerpt.DETAILS`.  With `moments` it is sent as the pictures at these times, never as a film.
    """

    start: float = 0.0
    end: float | None = None
    detail: int = USUAL_DETAIL
    moments: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """Anything a user offered, as far as it has been read.

    `pictures` are pages, slides or stills in order; a picture has one.  `chosen` holds the page
    numbers that will be sent, empty for all.  `source` is the file as it came.  A deck that could not be drawn has no pictures
    but `text`.  `notice` says what the user should know, `fault` why it cannot be used.
    Of a video, `clip` is the film that can be sent, `whole` the one it was made of, as it came, and `excerpt` how.
    """

    id: str
    kind: Kind
    name: str
    progress: Progress = Progress.READING
    source: Blob | None = None
    pictures: tuple[Picture, ...] = ()
    clip: Clip | None = None
    text: str = ""
    total: int = 1
    chosen: tuple[int, ...] = ()
    notice: Sentence | None = None
    fault: Sentence | None = None
    whole: Clip | None = None
    excerpt: Excerpt = Excerpt()


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that has not been sent."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
