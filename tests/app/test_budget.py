from dataclasses import replace

import pytest

from app.budget import (
    attachment_tokens,
    chosen_pictures,
    clip_tokens,
    fits_as_clip,
    picture_tokens,
    text_tokens,
)
from app.model import Attachment, Blob, Clip, Kind, Limits, Picture

# Width, height, tokens without the two markers: from the processor of GLM-4.1V.
MEASURED = [
    (640, 480, 391),
    (1024, 1024, 1369),
    (1280, 720, 1196),
    (1920, 1080, 2691),
    (2560, 1440, 4641),
    (2880, 1800, 6039),
    (3840, 2160, 6032),
]
CLIP = Clip(Blob("c" * 64, 1_000_000, "video/mp4"), 1280, 720, seconds=10, rate=30)


@pytest.mark.parametrize(("width", "height", "tokens"), MEASURED)
def test_a_picture_costs_what_the_processor_makes_of_it(width: int, height: int, tokens: int) -> None:
    assert picture_tokens(width, height) == tokens + 2


def test_a_sliver_is_grown_before_it_is_counted() -> None:
    assert picture_tokens(5, 300) >= 8
    assert picture_tokens(1, 1) >= 8


def test_no_picture_costs_more_than_the_model_can_use() -> None:
    assert picture_tokens(20_000, 20_000) <= 6144 + 2


def test_a_longer_clip_costs_more_until_the_budget_of_a_video_is_full() -> None:
    costs = [clip_tokens(replace(CLIP, seconds=seconds)) for seconds in (5, 10, 30, 300, 3000)]
    assert costs[0] < costs[1] < costs[2]
    assert costs[0] == pytest.approx(5_980, rel=0.05)
    assert costs[2:] == pytest.approx([29_100] * 3, rel=0.01)


def test_chinese_costs_more_tokens_a_character_than_english() -> None:
    assert text_tokens("流畅的界面" * 10) > text_tokens("smooth surface"[:5] * 10)
    assert text_tokens("") == 0


def test_only_chosen_pages_count() -> None:
    blob = Blob("a" * 64, 10, "image/jpeg")
    pages = tuple(Picture(blob, 1131, 1600, number=n) for n in range(1, 6))
    attachment = Attachment("1", Kind.DOCUMENT, "a.pdf", pictures=pages, chosen=(2, 4))
    assert [page.number for page in chosen_pictures(attachment)] == [2, 4]
    assert attachment_tokens(attachment, Limits()) == 2 * picture_tokens(1131, 1600)


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        (Limits(clips=0), False),
        (Limits(clips=1), True),
        (Limits(clips=1, clip_bytes=999_999), False),
        (Limits(clips=1, clip_mimes=("video/webm",)), False),
    ],
)
def test_a_clip_goes_as_it_is_only_within_the_limits(limits: Limits, fits: bool) -> None:
    assert fits_as_clip(CLIP, limits) is fits
