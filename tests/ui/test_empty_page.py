"""What an empty conversation says, and what it leaves out where there is no room."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ui.empty_page import EmptyPage


@pytest.fixture
def page(qtbot: Any, light: QApplication) -> EmptyPage:
    host = QWidget()
    qtbot.addWidget(host)
    made = EmptyPage(host)
    made.host = host  # type: ignore[attr-defined] # kept alive with its child
    host.show()
    return made


@pytest.mark.parametrize(("height", "shown"), [(600, 3), (330, 2), (230, 1), (160, 0), (100, 0)], ids=str)
def test_nothing_overlaps_or_is_clipped(page: EmptyPage, height: int, shown: int) -> None:
    page.resize(460, height)
    QApplication.processEvents()
    cards = [card for card in page._cards.values() if card.isVisible()]
    assert len(cards) == shown
    below = 0
    for each in [
        label for label in page.findChildren(QLabel) if label.parent() is page and label.isVisible()
    ]:
        assert each.y() >= below
        assert each.height() >= each.heightForWidth(each.width())
        below = each.geometry().bottom()
    for card in cards:
        assert card.y() > below
        below = card.geometry().bottom()
    assert below < height


def test_what_was_left_out_comes_back(page: EmptyPage) -> None:
    page.resize(460, 100)
    page.resize(460, 600)
    assert all(card.isVisible() for card in page._cards.values())
