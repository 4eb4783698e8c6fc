import pytest

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot
from capture.black import is_black, refuse_black


def shot(pixels: bytes, width: int = 2, height: int = 2) -> Shot:
    return Shot(Monitor(Box(0, 0, width, height)), width, height, pixels)


LIT = b"\0\0\0\0" * 3 + b"\0\1\0\0"


@pytest.mark.parametrize(
    ("pixels", "black"),
    [
        (bytes(16), True),
        (b"\0\0\0\xff" * 4, True),
        (b"\0\0\0\0\0\0\0\0\0\0\0\xff\0\0\0\xff", True),
        (LIT, False),
        (b"\1\0\0\xff" + b"\0\0\0\xff" * 3, False),
        (b"\xff" * 16, False),
    ],
)
def test_black_is_told_from_dark(pixels: bytes, black: bool) -> None:
    assert is_black(shot(pixels)) is black
    assert is_black(shot(bytes(bytearray(pixels)))) is black


def test_one_lit_monitor_is_enough() -> None:
    shots = (shot(bytes(16)), shot(LIT))
    assert refuse_black(shots) is shots


@pytest.mark.parametrize("shots", [(), (shot(bytes(16)),), (shot(bytes(16)), shot(b"\0\0\0\xff" * 4))])
def test_nothing_but_black_is_no_picture(shots: tuple[Shot, ...]) -> None:
    with pytest.raises(NoScreen) as caught:
        refuse_black(shots)
    assert caught.value.sentence.key == "capture.black"
