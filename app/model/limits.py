"""What a backend can take."""

from dataclasses import dataclass
from enum import StrEnum


class Sight(StrEnum):
    """How a family of models looks at pictures and clips, which decides what they cost: see `app.sight`.

    UNKNOWN ones are taken to look as GLM-4.5V does.
    """

    UNKNOWN = "unknown"
    GLM_4V = "glm-4v"
    GLM_46V = "glm-4.6v"
    GLM_5 = "glm-5"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a backend can take, and how it counts; None means it sets no limit that we know of.

    `pictures` and `clips` count per request (`clips` 0: send stills instead); `pixels` is the
    most one picture may have and `picture_bytes`, `clip_bytes` the most one may weigh;
    `clip_mimes` are the containers it reads; `context` is prompt plus answer in tokens.
    `sight` is how its model looks at media, `words` how many times our estimate of a text its tokenizer makes of it;
    `counts`: it can be asked for the number, see `Backend.count`.  `hurries`: it can be told to answer now, for what it
    does before that is thinking.
    """

    context: int | None = None
    pictures: int | None = None
    pixels: int | None = None
    picture_bytes: int | None = None
    clips: int = 0
    clip_bytes: int | None = None
    clip_mimes: tuple[str, ...] = ("video/mp4",)
    sight: Sight = Sight.UNKNOWN
    words: float = 1.0
    counts: bool = False
    hurries: bool = True
