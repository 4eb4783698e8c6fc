import pytest

from app.budget import (
    attachment_tokens,
    chosen_pictures,
    fits_as_clip,
    media_tokens,
    request_tokens,
    text_tokens,
    words_tokens,
)
from app.model.attachments import Attachment, Blob, Clip, Kind, Picture
from app.model.limits import Limits, Sight
from app.model.requests import Request, Role, Said
from app.sight import clip_tokens, picture_tokens

CLIP = Clip(Blob("c" * 64, 1_000_000, "video/mp4"), 1280, 720, seconds=10, rate=30)
PICTURE = Picture(Blob("a" * 64, 10, "image/jpeg"), 640, 480)


def test_chinese_costs_more_tokens_a_character_than_english() -> None:
    assert text_tokens("流畅的界面" * 10) > text_tokens("smooth surface"[:5] * 10)
    assert text_tokens("") == 0
    assert text_tokens("ab流畅") == 2
    assert text_tokens("héhé") == 1


def test_only_chosen_pages_count() -> None:
    blob = Blob("a" * 64, 10, "image/jpeg")
    pages = tuple(Picture(blob, 1131, 1600, number=n) for n in range(1, 6))
    attachment = Attachment("1", Kind.DOCUMENT, "a.pdf", pictures=pages, chosen=(2, 4))
    assert [page.number for page in chosen_pictures(attachment)] == [2, 4]
    assert attachment_tokens(attachment, Limits()) == 2 * picture_tokens(1131, 1600)


def test_a_request_costs_its_media_by_how_the_model_looks_and_its_words_by_how_it_counts() -> None:
    request = Request((Said(Role.USER, (PICTURE, CLIP, "word " * 400)),))
    limits = Limits(clips=1, sight=Sight.GLM_46V, words=1.5)
    seen = picture_tokens(640, 480, Sight.GLM_46V) + clip_tokens(CLIP, Sight.GLM_46V)
    assert media_tokens(request, limits) == seen
    assert words_tokens(request) == 508
    assert request_tokens(request, limits) == seen + 762
    film = Attachment("2", Kind.CLIP, "film.mp4", clip=CLIP, pictures=(PICTURE,))
    assert attachment_tokens(film, limits) == clip_tokens(CLIP, Sight.GLM_46V)
    assert attachment_tokens(film, Limits(clips=0)) == picture_tokens(640, 480)


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
