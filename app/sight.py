"""What models make of pictures and clips, by the rules they were published with: frames, patches, tokens.

The arithmetic is that of transformers' processors, step by step, because every rounding counts: the tests hold both
against each other.
"""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache

from app.model.attachments import Clip
from app.model.limits import Sight

PATCH = 28  # pixels of one token's side: a patch of 14, two by two of them merged
PAIR = 2  # frames that are seen as one; a picture is seen as a pair of itself
MARKERS = 2  # begin and end of a picture, of a pair of frames, and of a clip

# Pixels that a picture or a clip may have, each of a pair of frames counted.
_LEAST, _MOST = 12_544, 9_633_792
_CLIP_MOST = 28 * 28 * 2 * 30_000
# Tokens of the same, as GLM-5.3-Flash counts them.
_LEAST_TOKENS, _MOST_TOKENS, _CLIP_MOST_TOKENS = 16, 8_000, 240_000

_FRAMES_A_SECOND = 2.0
_LONGEST_4V = 300  # seconds; longer clips are thinned out
_LONGEST_46V, _MOST_46V = 2_400, 640  # seconds, frames
_MOST_5 = 2_048  # frames
_DIGITS = 3  # that GLM's tokenizer takes at once
_STAMP = 3  # tokens of the rest of ``12.3 seconds``

_RATES = 0.001, 1_000.0  # frames a second: what is beyond them no camera made

_KEPT = 512  # results: a clip is weighed again with every key


@lru_cache(_KEPT)
def picture_tokens(width: int, height: int, sight: Sight = Sight.UNKNOWN) -> int:
    """Return what a picture of so many pixels costs."""
    if sight is Sight.GLM_5:
        rows, columns = _padded(width, height, PAIR, _MOST_TOKENS)
    else:
        rows, columns = _resized(width, height, PAIR, _MOST)
    return rows * columns + MARKERS


@lru_cache(_KEPT)
def clip_tokens(clip: Clip, sight: Sight = Sight.UNKNOWN) -> int:
    """Return what a clip costs when it is sent as a video, with the times that are written between its frames."""
    frames = clip_frames(clip, sight)
    if sight is Sight.GLM_5:
        rows, columns = _padded(clip.width, clip.height, len(frames), _CLIP_MOST_TOKENS)
    else:
        rows, columns = _resized(clip.width, clip.height, len(frames), _CLIP_MOST)
    times = sum(_stamp(frame / _rate(clip), sight) for frame in frames[::PAIR])
    return len(frames) // PAIR * (rows * columns + MARKERS) + times + MARKERS


def clip_frames(clip: Clip, sight: Sight = Sight.UNKNOWN) -> tuple[int, ...]:
    """Return the numbers of the frames that a model looks at, an even count of them."""
    rate = _rate(clip)
    total = max(1, round(clip.seconds * rate))
    sample = _SAMPLERS.get(sight, _sample_4v)
    chosen = tuple(dict.fromkeys(sample(total, rate, total / rate))) or (0,)
    return chosen if len(chosen) % PAIR == 0 else (*chosen, chosen[-1])


def _rate(clip: Clip) -> float:
    least, most = _RATES
    return min(max(clip.rate, least), most)


def _sample_4v(total: int, rate: float, seconds: float) -> list[int]:
    last = total - 1
    if seconds <= _LONGEST_4V:
        count = max(math.floor(seconds * _FRAMES_A_SECOND), 1)
        return [min(last, math.ceil(n * rate / _FRAMES_A_SECOND)) for n in range(count)]
    count = int(_LONGEST_4V * _FRAMES_A_SECOND)
    if count >= total:
        return list(range(total))
    step = seconds / (count - 1)
    moments = [*(n * step for n in range(count - 1)), seconds]
    return [min(last, math.ceil(moment * rate)) for moment in moments]


def _sample_46v(total: int, rate: float, seconds: float) -> list[int]:
    effective = min(seconds, _LONGEST_46V)
    pace = 3.0 if effective <= 30 else 1.0 if effective <= 300 else 0.5  # noqa: PLR2004 - its own table
    count = min(int(effective * pace * PAIR), _MOST_46V)
    return _walked(total, rate, seconds, count, 1 / (PAIR * pace))


def _sample_5(total: int, rate: float, seconds: float) -> list[int]:
    count = min(int(seconds * _FRAMES_A_SECOND), _MOST_5)
    return _walked(total, rate, seconds, count, 1 / _FRAMES_A_SECOND)


_SAMPLERS: dict[Sight, Callable[[int, float, float], list[int]]] = {
    Sight.GLM_46V: _sample_46v,
    Sight.GLM_5: _sample_5,
}


def _walked(total: int, rate: float, seconds: float, count: int, step: float) -> list[int]:
    """Return the first frame after each `step` seconds, or `count` frames spread evenly where those are not as many."""
    if total < count:
        return _spread(0, total - 1, count)
    found: list[int] = []
    for frame in _first_after_each(step, total, rate, int(seconds)):
        found.append(frame)
        if len(found) > count:
            return _spread(0, total - 1, count)
    return found if len(found) == count else _spread(found[0], found[-1], count)


def _first_after_each(step: float, total: int, rate: float, end: int) -> Iterator[int]:
    one, due, frame = 1 / rate, 0.0, 0
    while frame < total:
        frame = max(frame, int(due / one) - 1)
        while frame * one < due:
            frame += 1
        if frame >= total:
            return
        yield frame
        frame += 1
        due += step
        if due >= end:
            return


def _spread(first: int, last: int, count: int) -> list[int]:
    """Return `count` whole numbers from the first to the last, as NumPy's linspace cuts them."""
    if count < PAIR:
        return [first] * count
    step = (last - first) / (count - 1)
    return [*(math.floor(n * step + first) for n in range(count - 1)), last]


def _stamp(seconds: float, sight: Sight) -> int:
    """Return how many tokens the time of a pair of frames is."""
    if sight in (Sight.GLM_46V, Sight.GLM_5):
        whole, _, _ = f"{seconds:.1f}".partition(".")
        return math.ceil(len(whole) / _DIGITS) + _STAMP
    return math.ceil(len(str(int(seconds))) / _DIGITS)


def _resized(width: int, height: int, frames: int, most: int) -> tuple[int, int]:
    """Return rows and columns of patches after GLM-4V's processor has resized a picture to its liking."""
    if min(width, height) < PATCH:
        grow = max(PATCH / height, PATCH / width)
        width, height = int(width * grow), int(height * grow)
    tall, wide = round(height / PATCH) * PATCH, round(width / PATCH) * PATCH
    if frames * tall * wide > most:
        shrink = math.sqrt(frames * height * width / most)
        tall = max(PATCH, math.floor(height / shrink / PATCH) * PATCH)
        wide = max(PATCH, math.floor(width / shrink / PATCH) * PATCH)
    elif frames * tall * wide < _LEAST:
        grow = math.sqrt(_LEAST / (frames * height * width))
        tall = math.ceil(height * grow / PATCH) * PATCH
        wide = math.ceil(width * grow / PATCH) * PATCH
    return tall // PATCH, wide // PATCH


def _padded(width: int, height: int, frames: int, most: int) -> tuple[int, int]:
    """Return rows and columns of patches after GLM-5.3-Flash's processor has shrunk and padded a picture."""
    rows, columns = math.ceil(height / PATCH), math.ceil(width / PATCH)
    pairs = frames // PAIR
    if pairs * rows * columns < _LEAST_TOKENS:
        grow = math.sqrt(_LEAST_TOKENS * PAIR * PATCH**2 / (frames * height * width))
        rows = math.ceil(max(1, math.ceil(height * grow)) / PATCH)
        columns = math.ceil(max(1, math.ceil(width * grow)) / PATCH)
    if pairs * rows * columns <= most:
        return rows, columns
    rows, columns = 1, 1
    low, high = 1, height
    while low <= high:
        middle = (low + high) // 2
        tall = math.ceil(middle / PATCH)
        wide = math.ceil(max(1, math.floor(width * middle / height)) / PATCH)
        if pairs * tall * wide <= most:
            rows, columns = tall, wide
            low = middle + 1
        else:
            high = middle - 1
    return rows, columns
