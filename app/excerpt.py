"""What is made of a video before it is sent: which part, how detailed, and what that will weigh.

The rate of a film is that at which models look: six frames a second for what is short, two for the rest; see `app.sight`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.budget import fits_as_clip
from app.model.attachments import Attachment, Blob, Clip, Excerpt, Picture
from app.model.limits import Limits
from app.sight import clip_frames, clip_tokens, picture_tokens

MP4 = "video/mp4"
LONGEST_CLIP = 2400.0  # seconds: as much as any model watches
MOMENTS_LIMIT = 200  # pictures of one video

_SHORT, _QUICK, _CALM = 30.0, 6, 2  # seconds; frames a second up to there and beyond
_STILL_BYTES = 0.12  # of a pixel in a JPEG of a screen
_FILM_BYTES = 0.02  # of a pixel of a frame in a film


@dataclass(frozen=True, slots=True)
class Detail:
    """One step of the slider: the longer side in pixels, the most frames a second, the most stills."""

    side: int
    pace: int
    stills: int


DETAILS = (Detail(448, 1, 4), Detail(640, 2, 8), Detail(896, 6, 12), Detail(1280, 6, 16), Detail(1920, 6, 32))


@dataclass(frozen=True, slots=True)
class Task:
    """What the worker is asked to make; `film`: not only stills."""

    start: float = 0.0
    end: float = 0.0
    side: int = DETAILS[3].side
    pace: int = DETAILS[3].pace
    stills: int = DETAILS[3].stills
    moments: tuple[float, ...] = ()
    film: bool = True
    whole: bool = True

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> "Task":
        """Return the one in what a worker was given."""
        known = {name: task[name] for name in cls.__slots__ if name in task}
        return replace(cls(**known), moments=tuple(known.get("moments", ())))


def task_for(excerpt: Excerpt) -> dict[str, Any]:
    """Return what to ask the worker for."""
    detail = _detail(excerpt)
    whole = excerpt == Excerpt()
    moments = excerpt.moments[:MOMENTS_LIMIT]
    task = Task(excerpt.start, excerpt.end or 0.0, detail.side, detail.pace, detail.stills, moments)
    return asdict(replace(task, film=not moments, whole=whole))


def _detail(excerpt: Excerpt) -> Detail:
    """Return its step of the slider; a stored one may be any number."""
    return DETAILS[min(max(excerpt.detail, 0), len(DETAILS) - 1)]


def pace(seconds: float, most: int) -> int:
    """Return the frames a second for a film of this length."""
    return min(most, _QUICK if seconds <= _SHORT else _CALM)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a model will see: the `moments` of the frames in seconds of the whole video, and what that costs.

    `as_clip`: sent as a film, else as pictures.  `exact`: nothing is estimated, for it has been made.
    """

    moments: tuple[float, ...]
    tokens: int
    size: int
    as_clip: bool
    exact: bool


def outlook(attachment: Attachment, excerpt: Excerpt, limits: Limits) -> Outlook:
    """Return what a model will see of this excerpt of a video; its `whole` is known."""
    clip = _clip_of(attachment, excerpt)
    made = attachment.excerpt == excerpt
    if clip is not None and fits_as_clip(clip, limits):
        frames = dict.fromkeys(clip_frames(clip, limits.sight))
        moments = tuple(excerpt.start + frame / clip.rate for frame in frames)
        return Outlook(moments, clip_tokens(clip, limits.sight), clip.blob.size, as_clip=True, exact=made)
    if made:
        return _of_pictures(attachment.pictures, limits)
    return _of_stills(attachment, excerpt, limits)


def _of_pictures(pictures: tuple[Picture, ...], limits: Limits) -> Outlook:
    moments = tuple(one.seconds or 0.0 for one in pictures)
    tokens = sum(picture_tokens(one.width, one.height, limits.sight) for one in pictures)
    return Outlook(moments, tokens, sum(one.blob.size for one in pictures), as_clip=False, exact=True)


def _of_stills(attachment: Attachment, excerpt: Excerpt, limits: Limits) -> Outlook:
    moments = excerpt.moments or even_moments(attachment, excerpt)
    width, height = _size(attachment, excerpt)
    tokens = len(moments) * picture_tokens(width, height, limits.sight)
    return Outlook(
        moments, tokens, round(len(moments) * width * height * _STILL_BYTES), as_clip=False, exact=False
    )


def even_moments(attachment: Attachment, excerpt: Excerpt) -> tuple[float, ...]:
    """Return the times of stills that are evenly spread over an excerpt, about one a second."""
    start, end = bounds(attachment, excerpt)
    rate = attachment.whole.rate if attachment.whole is not None else 1.0
    frames = max(1, round((end - start) * rate))
    return tuple(start + number / rate for number in spread(frames, end - start, _detail(excerpt).stills))


def spread(frames: int, seconds: float, most: int) -> list[int]:
    """Return which frames to take as stills: about one a second, from the first to the last, evenly."""
    count = min(max(2, min(most, -int(-seconds // 1))), frames)
    return [round(i * (frames - 1) / (count - 1)) for i in range(count)] if count > 1 else [0]


def bounds(attachment: Attachment, excerpt: Excerpt) -> tuple[float, float]:
    """Return where an excerpt begins and ends, in seconds."""
    seconds = attachment.whole.seconds if attachment.whole is not None else 0.0
    return excerpt.start, min(excerpt.end or seconds, seconds)


def _size(attachment: Attachment, excerpt: Excerpt) -> tuple[int, int]:
    whole = attachment.whole
    if whole is None:
        return 2, 2
    return fitted(whole.width, whole.height, _detail(excerpt).side)


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the even size with this shape whose longer side is at most `side`; nothing is enlarged."""
    scale = min(1.0, side / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _clip_of(attachment: Attachment, excerpt: Excerpt) -> Clip | None:
    """Return the film of an excerpt: the one that was made, or about what it will be; None where there is none."""
    if attachment.excerpt == excerpt:
        return attachment.clip
    start, end = bounds(attachment, excerpt)
    if excerpt.moments or not 0 < end - start <= LONGEST_CLIP:
        return None
    width, height = _size(attachment, excerpt)
    rate = pace(end - start, _detail(excerpt).pace)
    slots = max(1, round((end - start) * rate))
    size = round(slots * width * height * _weight(attachment.clip))
    return Clip(Blob("", size, MP4), width, height, slots / rate, float(rate))


def _weight(made: Clip | None) -> float:
    """Return the bytes of a pixel of a frame, as in the film that was made of the same video."""
    if made is None:
        return _FILM_BYTES
    return made.blob.size / max(1.0, made.seconds * made.rate * made.width * made.height)
