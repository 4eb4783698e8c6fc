"""What a request will cost, in tokens, before it is sent.

Pictures and clips by the rules of `app.sight`, which are exact for the models that are known; text by a rule of thumb,
since every server has a tokenizer of its own, set right by what that server has counted before: see `app.calibration`.
"""

import math

from app.model.attachments import Attachment, Clip, Kind, Picture
from app.model.limits import Limits
from app.model.requests import Part, Request
from app.sight import clip_tokens, picture_tokens

TURN = 8  # what the template puts around one turn

_WIDE = "\u2e80"  # from here on a character is a word, or half of one


def text_tokens(text: str) -> int:
    """Return about what a text costs: Chinese two tokens in three characters, other text one in four."""
    wide = 0 if text.isascii() else sum(map(_WIDE.__le__, text))
    return math.ceil(wide / 1.5 + (len(text) - wide) / 4)


def media_tokens(request: Request, limits: Limits) -> int:
    """Return what the pictures and clips of a request cost."""
    return sum(_seen(part, limits) for turn in request.turns for part in turn.parts)


def words_tokens(request: Request) -> int:
    """Return about what the texts of a request cost, the template around them included."""
    return sum(
        TURN + sum(text_tokens(part) for part in turn.parts if isinstance(part, str))
        for turn in request.turns
    )


def request_tokens(request: Request, limits: Limits) -> int:
    """Return what a whole request costs this backend, without the answer."""
    return media_tokens(request, limits) + _scaled(words_tokens(request), limits)


def attachment_tokens(attachment: Attachment, limits: Limits) -> int:
    """Return what an attachment costs as this backend would get it."""
    if attachment.kind is Kind.CLIP and attachment.clip is not None and fits_as_clip(attachment.clip, limits):
        return clip_tokens(attachment.clip, limits.sight)
    pictures = sum(_seen(page, limits) for page in chosen_pictures(attachment))
    return pictures + _scaled(text_tokens(attachment.text), limits)


def chosen_pictures(attachment: Attachment) -> tuple[Picture, ...]:
    """Return the pictures of an attachment that the user wants sent."""
    if not attachment.chosen:
        return attachment.pictures
    wanted = set(attachment.chosen)
    return tuple(picture for picture in attachment.pictures if picture.number in wanted)


def fits_as_clip(clip: Clip, limits: Limits) -> bool:
    """Tell whether a backend takes this video as it is."""
    light = limits.clip_bytes is None or clip.blob.size <= limits.clip_bytes
    return limits.clips > 0 and light and clip.blob.mime in limits.clip_mimes


def _seen(part: Part, limits: Limits) -> int:
    if isinstance(part, Picture):
        return picture_tokens(part.width, part.height, limits.sight)
    return clip_tokens(part, limits.sight) if isinstance(part, Clip) else 0


def _scaled(words: int, limits: Limits) -> int:
    return math.ceil(words * limits.words)
