"""Runs of dots are seen and counted, and nothing else is taken for one."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from capture.leaders import runs

MONO = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def drawn(text: str, *, size: int = 16, dark: bool = False, font: str = MONO) -> Any:
    ground, ink = ("#1e1e1e", "#d4d4d4") if dark else ("white", "black")
    face = ImageFont.truetype(font, size)
    picture = Image.new("RGB", (round(face.getlength(text)) + 8, round(size * 1.5)), ground)
    ImageDraw.Draw(picture).text((4, 2), text, ink, face)
    return np.array(picture)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [13, 16, 24])
def test_the_dots_of_every_run_are_counted(size: int, *, dark: bool) -> None:
    found = runs(drawn("a.py ............F........ [78%]", size=size, dark=dark))
    assert [run.dots for run in found] == [12, 8]
    assert found[0].left < found[0].right < found[1].left < found[1].right


@pytest.mark.parametrize(
    "text", ["", "Wait ... 1.2.3", "i.e. a.b.c. j: i; !?", "-----------", "=== :::::::: ===", "••••••••"]
)
def test_other_signs_are_no_leaders(text: str) -> None:
    assert runs(drawn(text)) == []


def test_a_chinese_ellipsis_is_left_to_the_recogniser() -> None:
    assert runs(drawn("稍等……好", font=CJK)) == []
