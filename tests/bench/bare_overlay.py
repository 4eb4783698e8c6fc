"""The least that freezes a screen at a key: a window made beforehand, past the window manager, over one copy of the pixels.

Started by `picker`: F9 freezes and thaws.  The picture is dimmed as the picker's is.
"""

import sys
import threading
from typing import Any

import mss
import xcffib
import xcffib.xproto
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

KEY = int(sys.argv[1]) if len(sys.argv) > 1 else 0  # its keycode
DIM = QColor(0, 0, 0, 115)


class Bare(QWidget):
    """Shows an image."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.setWindowFlags(
            Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint | Qt.WindowType.Tool
        )
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.winId()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - the name is Qt's
        """Draw it, dimmed."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self.image)
        painter.fillRect(self.rect(), DIM)


class Key(QObject):
    """Says on Qt's loop that the key went down."""

    pressed = Signal()

    def listen(self) -> None:
        """Take the key and wait for it, for ever."""
        server: Any = xcffib.connect()
        root = server.setup.roots[0].root
        how = xcffib.xproto.GrabMode.Async
        server.core.GrabKey(True, root, 0, KEY, how, how)
        server.flush()
        print("ready", flush=True)
        while True:
            if isinstance(server.wait_for_event(), xcffib.xproto.KeyPressEvent):
                self.pressed.emit()


def main() -> None:
    """Freeze and thaw until killed."""
    app = QApplication([])
    bare, key, camera = Bare(), Key(), mss.MSS()
    camera.grab(camera.monitors[1])  # its shared memory is there, as after the first capture

    def freeze() -> None:
        if bare.isVisible():
            bare.hide()
            return
        shot = camera.grab(camera.monitors[1])
        bare.image = QImage(shot.raw, shot.width, shot.height, 4 * shot.width, QImage.Format.Format_RGB32)
        bare.setGeometry(QRect(0, 0, shot.width, shot.height))
        bare.show()
        bare.raise_()

    key.pressed.connect(freeze)
    threading.Thread(target=key.listen, daemon=True).start()
    app.exec()


if __name__ == "__main__":
    main()
