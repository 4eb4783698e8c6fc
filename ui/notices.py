"""Short messages over the window that go by themselves, with at most one thing to do about them."""

from collections.abc import Callable
from functools import partial

from PySide6 import QtGui
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QFrame, QPushButton, QWidget
from shiboken6 import isValid

from app.i18n import say
from app.model.sentences import Sentence
from ui.icons import IconButton, IconLabel
from ui.layout import column, label, row
from ui.theme import SPACE

_SHOWN = 6_000
_SHOWN_TO_ACT = 10_000
_MOST = 3
_WIDTH = 440
_TONES = {"info": "muted", "danger": "danger", "warning": "warning"}


class Notice(QFrame):
    """One message; it stays while the pointer is on it."""

    def __init__(
        self,
        what: Sentence,
        parent: QWidget,
        *,
        tone: str = "info",
        action: Sentence | None = None,
        act: Callable[[], None] | None = None,
    ) -> None:
        """`tone` is ``info``, ``warning`` or ``danger``; `act` is called once when `action` is pressed."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("look", tone)
        mark = IconLabel()
        mark.show_icon("info" if tone == "info" else "error" if tone == "danger" else "warning", _TONES[tone])
        # Foreign names may be in it: never rich text.
        words = label(wrap=True)
        words.setText(say(what))
        close = IconButton("close")
        close.call(say("notices.close"))
        close.clicked.connect(self.go)
        line = row(self, margins=(12, 6, 6, 6))
        line.addWidget(mark)
        line.addWidget(words, 1)
        if action is not None and act is not None:
            button = QPushButton(say(action))
            button.clicked.connect(self.go)
            button.clicked.connect(act)
            line.addWidget(button)
        line.addWidget(close)
        self.setAccessibleName(say(what))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN if action is None else _SHOWN_TO_ACT)
        self._timer.timeout.connect(self.go)
        if tone != "danger":
            self._timer.start()

    def go(self) -> None:
        """Disappear."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Wait while the pointer is here."""
        if event.type() is QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() is QEvent.Type.Leave and self.property("look") != "danger":
            self._timer.start()
        return super().event(event)


class Notices(QWidget):
    """The messages shown now, newest below, in `host`: above its `foot`, or at its lower edge while that is hidden."""

    def __init__(self, host: QWidget, foot: QWidget) -> None:
        super().__init__(host)
        self._host, self._foot = host, foot
        self._column = column(self)
        host.installEventFilter(self)
        foot.installEventFilter(self)
        self.hide()

    def tell(
        self,
        what: Sentence,
        *,
        tone: str = "info",
        action: Sentence | None = None,
        act: Callable[[], None] | None = None,
    ) -> Callable[[], None]:
        """Show a message and return what takes it back; the oldest goes when there are too many."""
        shown = self._shown()
        for old in shown[: max(len(shown) - _MOST + 1, 0)]:
            old.go()
        notice = Notice(what, self, tone=tone, action=action, act=act)
        self._column.addWidget(notice)
        notice.show()
        self._place()
        QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(notice, say(what)))
        return partial(_take_back, notice)

    def texts(self) -> tuple[str, ...]:
        """Return what is being said, oldest first."""
        return tuple(notice.accessibleName() for notice in self._shown())

    def _shown(self) -> list[Notice]:
        return [child for child in self.findChildren(Notice) if not child.isHidden()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if not self.isHidden() and event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.Move,
            QEvent.Type.Show,
            QEvent.Type.Hide,
        ):
            self._place()
        return False

    def childEvent(self, event: QEvent) -> None:
        """Close up when a message has gone."""
        super().childEvent(event)  # type: ignore[arg-type] # the stub wants a QChildEvent, which it is
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        host = self._host
        if not self._shown():
            self.hide()
            return
        foot = QRect(0, host.height(), host.width(), 0)
        if self._foot.isVisibleTo(host):
            foot = QRect(self._foot.mapTo(host, QPoint()), self._foot.size())
        width = min(_WIDTH, foot.width() - 2 * SPACE)
        height = (
            self._column.heightForWidth(width)
            if self._column.hasHeightForWidth()
            else self._column.sizeHint().height()
        )
        left = foot.left() + (foot.width() - width) // 2
        self.setGeometry(left, max(foot.top() - height - SPACE, 0), width, height)
        self.show()
        self.raise_()


def _take_back(notice: Notice) -> None:
    if isValid(notice):  # it may have gone by itself
        notice.go()
