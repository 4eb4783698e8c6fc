import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from ui import icons, theme
from ui.icons import IconButton, IconLabel, pixmap

# The app's own icon is a drawing in colours of its own.
FILES = sorted(
    file for file in Path(icons.__file__).with_name("icons").glob("*.svg") if file.stem != "glimpse"
)


def colours(image: QImage) -> set[str]:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(x, y).name() for x, y in points if image.pixelColor(x, y).alpha() == 255}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_every_icon_is_a_drawing_of_strokes_only(qapp: QApplication, file: Path) -> None:
    root = ET.fromstring(file.read_text(encoding="utf-8"))
    assert {element.tag.rsplit("}", 1)[-1] for element in root.iter()} <= {"svg", "path", "rect", "circle"}
    if root.get("stroke") == "currentColor":
        assert root.get("viewBox") == "0 0 20 20"
        assert "#2563eb" in colours(pixmap(file.stem, "#2563eb", 20, 3).toImage())


@pytest.mark.parametrize("density", [1, 1.5, 2, 3])
def test_an_icon_is_drawn_with_the_pixels_of_the_screen(qapp: QApplication, density: float) -> None:
    drawn = pixmap("send", "#000000", 20, density)
    assert drawn.width() == round(20 * density)
    assert drawn.deviceIndependentSize().width() == 20


def test_a_button_follows_the_appearance(light: QApplication, qtbot: Any) -> None:
    button = IconButton("stop")
    qtbot.addWidget(button)

    def shown() -> set[str]:
        return colours(button.icon().pixmap(20, 20).toImage())

    assert theme.LIGHT.text in shown()
    theme.apply(light, "dark")
    assert theme.DARK.text in shown()


def test_a_button_is_named_for_those_who_cannot_see_it(qtbot: Any) -> None:
    button = IconButton("close")
    qtbot.addWidget(button)
    button.call("Remove <b>x</b>.png", "Del")
    assert button.accessibleName() == "Remove <b>x</b>.png"
    assert "&lt;b&gt;x&lt;/b&gt;" in button.toolTip()


def test_a_label_shows_its_icon_in_the_colour_asked_for(light: QApplication, qtbot: Any) -> None:
    label = IconLabel()
    qtbot.addWidget(label)
    label.show_icon("stop", "danger")
    assert QColor(theme.LIGHT.danger).name() in colours(label.pixmap().toImage())
