"""Pictures come out upright, on white, small enough, and with nothing in them but pixels."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.errors import TooLarge, Unreadable
from capture.documents.image import PNG_LIMIT, SENT_LIMIT, WEIGHT_LIMIT, fitting, serve

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"


def decoded(name: str | Path) -> Image.Image:
    ((head, body),) = serve({"path": str(DOCUMENTS / name)})
    picture = Image.open(io.BytesIO(body))
    picture.load()
    assert (head["width"], head["height"]) == picture.size
    assert head["mime"] == Image.MIME[str(picture.format)]
    assert picture.mode == "RGB"
    return picture


def near(picture: Image.Image, x: int, y: int, colour: tuple[int, int, int]) -> bool:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("name", ["plain.png", "plain.webp", "plain.bmp", "moving.gif"])
def test_every_format_is_read_exactly_and_a_moving_one_by_its_first_frame(name: str) -> None:
    picture = decoded(name)
    assert picture.size == (200, 100)
    assert picture.format == "PNG"
    assert picture.getpixel((20, 50)) == (255, 0, 0)
    assert picture.getpixel((180, 50)) == (255, 255, 255)


def test_a_photo_taken_sideways_stands_upright_and_says_nothing_of_itself() -> None:
    picture = decoded("turned.jpg")
    assert picture.format == "JPEG"
    assert picture.size == (100, 200)
    assert near(picture, 50, 20, (255, 0, 0))
    assert near(picture, 50, 180, (255, 255, 255))
    assert not dict(picture.getexif())
    ((_, body),) = serve({"path": str(DOCUMENTS / "turned.jpg")})
    assert b"secret place" not in body


def test_text_chunks_are_left_behind(tmp_path: Path) -> None:

    notes = PngInfo()
    notes.add_text("Comment", "secret place")
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png", pnginfo=notes, icc_profile=b"secret profile")
    ((_, body),) = serve({"path": str(tmp_path / "a.png")})
    assert b"secret" not in body


def test_what_is_transparent_lies_on_white() -> None:
    picture = decoded("transparent.png")
    assert picture.getpixel((10, 30)) == (0, 128, 0)
    assert picture.getpixel((40, 30)) == (255, 255, 255)


def test_a_palette_with_transparency_lies_on_white(tmp_path: Path) -> None:
    picture = Image.new("P", (20, 20), 1)
    picture.putpalette([0, 0, 0, 10, 20, 30])
    picture.save(tmp_path / "a.gif", transparency=1)
    assert decoded(tmp_path / "a.gif").getpixel((5, 5)) == (255, 255, 255)


def test_print_colours_and_deep_greys_become_ordinary_ones() -> None:
    assert near(decoded("print.jpg"), 20, 20, (255, 0, 0))
    assert near(decoded("deep.png"), 20, 20, (128, 128, 128))


def test_a_large_picture_is_scaled_to_what_models_see() -> None:
    picture = decoded("large.png")
    assert SENT_LIMIT * 0.99 < picture.width * picture.height <= SENT_LIMIT
    assert picture.width / picture.height == pytest.approx(4 / 3, rel=0.01)


def test_a_large_photo_is_scaled_too(tmp_path: Path) -> None:
    Image.effect_noise((5000, 3000), 50).convert("RGB").save(tmp_path / "a.jpg", quality=60)
    picture = decoded(tmp_path / "a.jpg")
    assert picture.format == "JPEG"
    assert picture.width * picture.height <= SENT_LIMIT


def test_a_png_that_would_weigh_too_much_becomes_a_jpeg(tmp_path: Path) -> None:
    Image.effect_noise((1500, 1500), 100).convert("RGB").save(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > PNG_LIMIT
    assert decoded(tmp_path / "a.png").format == "JPEG"


def test_no_picture_is_too_heavy_for_any_server(tmp_path: Path) -> None:
    Image.frombytes("RGB", (2190, 2190), os.urandom(2190 * 2190 * 3)).save(tmp_path / "a.png")
    ((head, body),) = serve({"path": str(tmp_path / "a.png")})
    assert len(body) <= WEIGHT_LIMIT
    assert head["mime"] == "image/jpeg"
    assert head["width"] >= 1500, "as large as may be"


@pytest.mark.parametrize(
    ("name", "whole"),
    [("large.png", True), ("plain.png", False), ("turned.jpg", False)],
)
def test_the_size_it_had_is_told_where_it_was_scaled(name: str, whole: bool) -> None:
    ((head, _),) = serve({"path": str(DOCUMENTS / name)})
    if not whole:
        assert "whole_width" not in head
        return
    with Image.open(DOCUMENTS / name) as before:
        assert (head["whole_width"], head["whole_height"]) == before.size


def test_a_large_photo_taken_sideways_tells_its_size_upright(tmp_path: Path) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6
    Image.new("RGB", (4000, 2000), "red").save(tmp_path / "a.jpg", exif=lying)
    ((head, _),) = serve({"path": str(tmp_path / "a.jpg")})
    assert (head["whole_width"], head["whole_height"]) == (2000, 4000)
    assert head["width"] < head["height"]


@pytest.mark.parametrize("name", ["bomb.png", "lie.png"])
def test_a_picture_that_unpacks_without_end_is_refused(name: str) -> None:
    with pytest.raises(TooLarge):
        list(serve({"path": str(DOCUMENTS / name)}))


@pytest.mark.parametrize("name", ["cut.png", "report.pdf", "deck.pptx", "script.mp4", "missing.png"])
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        list(serve({"path": str(DOCUMENTS / name)}))


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "TGA", "ICO", "PDF", "EPS"])
def test_a_format_that_is_not_on_the_list_is_not_even_tried(kind: str, tmp_path: Path) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png", kind)
    with pytest.raises(Unreadable):
        list(serve({"path": str(tmp_path / "a.png")}))


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(1, 10_000_000))
def test_a_fitting_size_fits_and_never_vanishes(width: int, height: int, most: int) -> None:
    narrow, low = fitting(width, height, most)
    assert 1 <= narrow <= width
    assert 1 <= low <= height
    assert narrow * low <= most
