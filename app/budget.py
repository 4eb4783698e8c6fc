"""What a request will cost, in tokens, before it is sent.

Pictures by the published rule of GLM-4.1V, 4.5V and 4.6V (transformers' Glm4v image processor), which is exact;
clips by its sampling of two frames a second; text by a rule of thumb, since every server has a tokenizer of its own.
"""

import math

from app.model import Attachment, Clip, Kind, Limits, Part, Picture, Request

PATCH = 28  # pixels of one token's side: a patch of 14, two by two of them merged
LEAST, MOST = 12_544, 9_633_792  # pixels of a picture, counted twice as the processor does
CLIP_MOST = 47_040_000
FRAMES_A_SECOND = 2.0
LONGEST_CLIP = 300  # seconds; longer ones are thinned out, not extended
MARKERS = 2  # begin and end of a picture
FRAME_MARKERS = 6  # begin, end and the written time of a pair of frames
TURN = 8  # what the template puts around one turn


def picture_tokens(width: int, height: int) -> int:
    """Return what a picture of so many pixels costs."""
    rows, columns = _patches(width, height, frames=2, least=LEAST, most=MOST)
    return rows * columns + MARKERS


def clip_tokens(clip: Clip) -> int:
    """Return about what a clip costs when it is sent as a video."""
    frames = min(clip.seconds, LONGEST_CLIP) * FRAMES_A_SECOND
    pairs = max(1, math.ceil(frames / 2))
    rows, columns = _patches(clip.width, clip.height, frames=2 * pairs, least=LEAST, most=CLIP_MOST)
    return pairs * (rows * columns + FRAME_MARKERS)


def text_tokens(text: str) -> int:
    """Return about what a text costs: Chinese two tokens in three characters, other text one in four."""
    wide = sum(1 for character in text if character >= "\u2e80")
    return math.ceil(wide / 1.5 + (len(text) - wide) / 4)


def part_tokens(part: Part) -> int:
    """Return what one part of a request costs."""
    if isinstance(part, Picture):
        return picture_tokens(part.width, part.height)
    if isinstance(part, Clip):
        return clip_tokens(part)
    return text_tokens(part)


def request_tokens(request: Request) -> int:
    """Return what a whole request costs, without the answer."""
    return sum(TURN + sum(part_tokens(part) for part in turn.parts) for turn in request.turns)


def attachment_tokens(attachment: Attachment, limits: Limits) -> int:
    """Return what an attachment costs as this backend would get it."""
    if attachment.kind is Kind.CLIP and attachment.clip is not None and fits_as_clip(attachment.clip, limits):
        return clip_tokens(attachment.clip)
    pictures = sum(picture_tokens(page.width, page.height) for page in chosen_pictures(attachment))
    return pictures + text_tokens(attachment.text)


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


def _patches(width: int, height: int, *, frames: int, least: int, most: int) -> tuple[int, int]:
    """Return rows and columns of patches after the processor has resized a picture to its liking."""
    if min(width, height) < PATCH:
        grow = PATCH / min(width, height)
        width, height = round(width * grow), round(height * grow)
    tall, wide = round(height / PATCH) * PATCH, round(width / PATCH) * PATCH
    if frames * tall * wide > most:
        shrink = math.sqrt(frames * height * width / most)
        tall = max(PATCH, math.floor(height / shrink / PATCH) * PATCH)
        wide = max(PATCH, math.floor(width / shrink / PATCH) * PATCH)
    elif frames * tall * wide < least:
        grow = math.sqrt(least / (frames * height * width))
        tall = math.ceil(height * grow / PATCH) * PATCH
        wide = math.ceil(width * grow / PATCH) * PATCH
    return tall // PATCH, wide // PATCH
