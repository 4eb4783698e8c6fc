"""PySide6 6.12.0 loses a reference per call below Python 3.12 and aborts: see docs/decisions/0002."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

CALLS = 2000


class Sender(QObject):
    sent = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from 3.12 on")
def test_qt_gives_back_every_reference_it_borrows(qtbot: QtBot) -> None:
    sender = Sender()
    sender.sent.connect(lambda _: None)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        sender.setObjectName("x")
        sender.sent.emit(True)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert after[0] > before[0] - CALLS / 2
    assert after[1] > before[1] - CALLS / 2
