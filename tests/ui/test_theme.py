import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.theme import DARK, LIGHT, Theme, style_sheet

SHEET = Path(theme.__file__).with_name("style.qss").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "papers"),
    [
        ("text", ("window", "panel", "card", "hover", "user", "code")),
        ("muted", ("window", "panel", "card", "hover")),
        ("danger", ("window", "card")),
        ("warning", ("window", "card")),
        ("success", ("window",)),
        ("link", ("window", "card", "user")),
        ("on_accent", ("accent",)),
    ],
)
def test_words_can_be_read(look: Theme, ink: str, papers: tuple[str, ...]) -> None:
    for paper in papers:
        assert contrast(getattr(look, ink), getattr(look, paper)) >= 4.5, paper


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("stroke", ["edge", "focus"])
def test_edges_and_rings_can_be_seen(look: Theme, stroke: str) -> None:
    for paper in (look.window, look.card, look.panel):
        assert contrast(getattr(look, stroke), paper) >= (3 if stroke == "focus" else 2.8)


def test_every_name_in_the_sheet_is_a_colour_of_the_theme() -> None:
    names = set(re.findall(r"\$(\w+)", SHEET))
    assert names <= {field.name for field in fields(Theme)} | {"icons", "mono"}
    assert "$" not in style_sheet(LIGHT)


def test_every_colour_is_written_as_a_colour() -> None:
    for look in (LIGHT, DARK):
        colours = {name: value for name, value in asdict(look).items() if name not in ("dark", "pygments")}
        assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in colours.values())


def test_the_pictures_of_the_sheet_are_there() -> None:
    for path in re.findall(r'url\("([^"]+)"\)', style_sheet(DARK)):
        assert Path(path).is_file()


def test_choosing_dark_tells_everybody(light: QApplication) -> None:
    told: list[bool] = []
    theme.signals().changed.connect(lambda: told.append(theme.current().dark))
    theme.apply(light, "dark")
    assert told == [True]
    theme.apply(light, "light")
    assert told == [True, False]
    assert theme.current() is LIGHT
