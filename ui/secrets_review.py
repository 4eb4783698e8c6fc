"""What seems to be secret in a draft, with a box over each, before it is sent to somebody else's server."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from app.i18n import say
from app.model.marks import Mark, Markup
from app.secret_patterns import Kind
from app.suspicion import Place, Suspicion
from ui.icons import IconButton
from ui.layout import column, frame, label, row
from ui.mark_editor import MarkEditor
from ui.theme import SPACE
from ui.thumbnails import LARGEST, Decoder, Loader


class Verdict(StrEnum):
    """What the user wants."""

    HIDE = "hide"  # send it without what is under the marks
    AS_IT_IS = "as_it_is"
    BACK = "back"


class SecretsReview(QDialog):
    """Shows the suspicious pictures one at a time, their marks to be changed.

    `decided` is emitted once, with a `Verdict`; closing the window is `Verdict.BACK`.
    """

    decided = Signal(object)

    def __init__(self, found: Suspicion, load: Loader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = found
        self._places = [suspect.place for suspect in found.suspects]
        self._markups = [Markup(suspect.marks) for suspect in found.suspects]
        self._image = QImage()
        self._index = -1
        self._over = False
        self._decoder = Decoder(load, LARGEST, self)
        self._decoder.decoded.connect(self._show_image)
        self._title, self._told, self._where = label("title"), label(wrap=True), label()
        self._editor = MarkEditor()
        self._left, self._right = IconButton("left"), IconButton("right")
        self._buttons = {verdict: QPushButton() for verdict in Verdict}
        self._lay_out()
        self._left.clicked.connect(lambda: self._show(self._index - 1))
        self._right.clicked.connect(lambda: self._show(self._index + 1))
        for verdict, button in self._buttons.items():
            button.clicked.connect(lambda *_, verdict=verdict: self._decide(verdict))
        self._speak()
        self._show(0)
        self.resize(960, 760)
        self._buttons[Verdict.HIDE].setFocus()

    def _lay_out(self) -> None:
        head = frame("bar")
        told = column(head, gap=4, margins=(2 * SPACE, 12, 2 * SPACE, 12))
        told.addWidget(self._title)
        told.addWidget(self._told)
        turn = row(gap=4)
        turn.addWidget(self._left)
        turn.addWidget(self._right)
        turn.addSpacing(SPACE)
        turn.addWidget(self._where, 1)
        stage = frame("stage")
        inside = column(stage, margins=(SPACE, SPACE, SPACE, SPACE))
        inside.addLayout(turn)
        inside.addWidget(self._editor, 1)
        foot = frame("foot")
        ends = row(foot, margins=(SPACE, SPACE, SPACE, SPACE))
        ends.addWidget(self._buttons[Verdict.BACK])
        ends.addStretch()
        ends.addWidget(self._buttons[Verdict.AS_IT_IS])
        ends.addWidget(self._buttons[Verdict.HIDE])
        for button in self._buttons.values():
            button.setAutoDefault(False)
        self._buttons[Verdict.HIDE].setProperty("look", "primary")
        self._buttons[Verdict.HIDE].setDefault(True)
        whole = column(self, gap=0)
        whole.addWidget(head)
        whole.addWidget(stage, 1)
        whole.addWidget(foot)
        stage.setVisible(bool(self._places))
        if not self._places:
            whole.addStretch()
        for arrow in (self._left, self._right):
            arrow.setVisible(len(self._places) > 1)

    def marks(self) -> Mapping[str, Mapping[int, tuple[Mark, ...]]]:
        """Return the marks of each picture that has some, by the id of its attachment and its index there."""
        self._keep()
        found: dict[str, dict[int, tuple[Mark, ...]]] = {}
        for place, markup in zip(self._places, self._markups, strict=True):
            if markup.marks:
                found.setdefault(place.attachment, {})[place.index] = markup.marks
        return found

    def _keep(self) -> None:
        if not self._image.isNull():
            self._markups[self._index] = self._editor.markup()

    def _show(self, index: int) -> None:
        if not 0 <= index < len(self._places):
            return
        self._keep()
        self._image, self._index = QImage(), index
        picture = self._places[index].picture
        self._editor.canvas().wait_for(QSize(picture.width, picture.height))
        self._editor.setEnabled(False)
        self._decoder.want(picture.blob)
        self._left.setEnabled(index > 0)
        self._right.setEnabled(index < len(self._places) - 1)
        self._where.setText(_where(self._places[index], index, len(self._places)))

    def _show_image(self, digest: str, image: QImage) -> None:
        if digest != self._places[self._index].picture.blob.digest:
            return
        self._editor.setEnabled(not image.isNull())
        if image.isNull():
            self._editor.canvas().show_image(image)
            return
        self._image = image
        self._editor.edit(image, self._markups[self._index], None)

    def _decide(self, verdict: Verdict) -> None:
        if not self._over:
            self._over = True
            self.decided.emit(verdict)
            self.close()

    def reject(self) -> None:
        """Go back to the question."""
        self._decide(Verdict.BACK)
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go back to the question, unless something else was decided."""
        self._decide(Verdict.BACK)
        super().closeEvent(event)

    def _promise(self) -> list[str]:
        """Return in words what becomes of what is hidden."""
        for_good = [say("secrets.hidden_for_good")] if self._found.suspects else []
        return for_good + ([say("secrets.masked")] if self._found.texts else [])

    def _speak(self) -> None:
        self.setWindowTitle(say("secrets.title"))
        self._title.setText(
            say("secrets.title" if self._found.suspects or self._found.texts else "secrets.unsure")
        )
        self._told.setText(" ".join(told(self._found) + self._promise()))
        self._left.call(say("window.view_left"))
        self._right.call(say("window.view_right"))
        for verdict, button in self._buttons.items():
            button.setText(say(f"secrets.{verdict}"))
        self._buttons[Verdict.HIDE].setVisible(bool(self._found.suspects or self._found.texts))


def told(found: Suspicion) -> list[str]:
    """Return in words what was found, and what was not looked at."""
    words = []
    if kinds := [kind for kind in Kind if any(kind in one.kinds for one in found.suspects)]:
        words.append(
            say("secrets.found", kinds=say("secrets.and").join(say(f"secrets.kind_{kind}") for kind in kinds))
        )
    if found.texts:
        words.append(say("secrets.in_text", names=say("secrets.and").join(found.texts)))
    if found.looked < found.total:
        words.append(say("secrets.not_all", n=found.total - found.looked, total=found.total))
    return words


def _where(place: Place, index: int, total: int) -> str:
    page = place.picture.number
    name = place.name if page is None else f"{place.name} · {say('picker.page', n=page)}"
    return name if total == 1 else f"{say('secrets.at', n=index + 1, total=total)} · {name}"
