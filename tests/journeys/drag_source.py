"""A window of another program to drag files from: `drag_source.py X Y URI…`.

It says `ready X Y` (where to press), `over ACTION` when a target would take the files, `done ACTION`
at the end of the drag.
"""

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


def say(*words: object) -> None:
    """Tell the harness."""
    print(*words, flush=True)


class Source(QLabel):
    """A small square above all other windows, without a frame; one press starts the drag."""

    def __init__(self, x: int, y: int, uris: list[str]) -> None:
        super().__init__("files")
        self._uris = uris
        self._told = False
        self.setWindowTitle("Files")
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(x, y, 50, 50)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw, and say where we are once we can be seen."""
        super().paintEvent(event)
        if not self._told:
            self._told = True
            QTimer.singleShot(50, self._say_ready)  # the window manager may still be placing it

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Offer the files until they are dropped somewhere."""
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl(uri) for uri in self._uris])
        drag.setMimeData(data)
        drag.actionChanged.connect(lambda action: say("over", action.name))
        say("done", drag.exec(Qt.DropAction.CopyAction).name)
        self.hide()  # but stay: the target may fetch what it took only now

    def _say_ready(self) -> None:
        middle = self.mapToGlobal(QPoint(25, 25))
        say("ready", middle.x(), middle.y())


def main() -> int:
    """Show the window; the harness ends it."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    source = Source(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    source.show()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
