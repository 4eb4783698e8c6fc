"""The one door to the web: every link of an answer is opened here, and only after a yes."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from app.i18n import say
from ui.clean import clean

_SCHEMES = ("https", "http", "mailto")
_LONGEST = 4096
_SHOWN, _WIDTH = 480, 64


def is_web(link: str) -> bool:
    """Say whether a link leads to the web or to a mail address, without credentials in it."""
    if len(link) > _LONGEST or "\\" in link or link != clean(link):
        return False
    url = QUrl(link, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme() not in _SCHEMES or url.userInfo():
        return False
    if url.scheme() == "mailto":
        return "@" in url.path() and not url.host()
    return bool(url.host())


def where(link: str) -> str:
    """Return whom a link leads to: the host as people read it, with its plain form when that differs."""
    url = QUrl(link, QUrl.ParsingMode.StrictMode)
    if url.scheme() == "mailto":
        return clean(url.path(QUrl.ComponentFormattingOption.FullyDecoded))
    decoded = url.host(QUrl.ComponentFormattingOption.FullyDecoded)
    plain = url.host(QUrl.ComponentFormattingOption.EncodeUnicode)
    return clean(decoded if decoded == plain else f"{decoded} ({plain})")


def open_link(link: str, parent: QWidget) -> QMessageBox:
    """Ask whether to open a link, then open it; one that is not for the web is only shown.

    Returns the question, which does not wait: it goes away by itself.
    """
    web = is_web(link)
    heading = say("links.question", host=where(link)) if web else say("links.refused")
    box = QMessageBox(parent)
    box.setObjectName("link-question")
    # It holds what a stranger wrote; an informative text of its own would be read as HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(say("links.title"))
    box.setText(f"{heading}\n\n{_folded(link)}")
    if web:
        box.addButton(say("links.open"), QMessageBox.ButtonRole.AcceptRole).clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl(link, QUrl.ParsingMode.StrictMode))
        )
    box.addButton(say("links.copy"), QMessageBox.ButtonRole.ActionRole).clicked.connect(
        lambda: QGuiApplication.clipboard().setText(clean(link))
    )
    cancel = box.addButton(say("links.cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(cancel)
    box.setDefaultButton(cancel)
    box.finished.connect(box.deleteLater)
    box.open()
    return box


def _folded(link: str) -> str:
    """Return a link in short lines: an address has no spaces where a label could break it."""
    shown = clean(link).replace("\n", " ")
    lines = [shown[i : i + _WIDTH] for i in range(0, min(len(shown), _SHOWN), _WIDTH)]
    return "\n".join(lines) + ("…" if len(shown) > _SHOWN else "")
