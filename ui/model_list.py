"""The models that can be fetched: what each one costs, and how far it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from app import machine
from app.i18n import say
from app.library import Listing
from ui.fields import Note
from ui.layout import column, frame, label, row, set_look
from ui.model_desk import WHOLE, ModelDesk

_STEPS = 1000  # of a progress bar


class ModelRow(QWidget):
    """One model: its size, licence, memory and address, and what can be done with it."""

    chosen, fetched = Signal(object), Signal(object)

    def __init__(self, listing: Listing, desk: ModelDesk, parent: QWidget | None = None) -> None:
        """`chosen` gives the `Weights` of the model, for use; `fetched` those that it will have when it is here."""
        super().__init__(parent)
        self._listing, self._desk = listing, desk
        self._name, self._detail = label(), label("small", wrap=True)
        self._memory = label("small", wrap=True)
        self._page = label("small")
        self._page.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._so_far = label("small")
        self._fault = Note()
        self._fetch, self._stop, self._use, self._remove = (QPushButton() for _ in range(4))
        self._lay_out()
        self._fetch.clicked.connect(self._ask_for_it)
        self._stop.clicked.connect(lambda: desk.stop_requested.emit(listing.id))
        self._use.clicked.connect(lambda: self.chosen.emit(desk.weights(listing)))
        self._remove.clicked.connect(lambda: desk.remove_requested.emit(listing.id))
        desk.changed.connect(self._show_if_ours)
        self.speak()

    def _lay_out(self) -> None:
        head = row()
        head.addWidget(self._name)
        head.addStretch()
        for button in (self._use, self._fetch, self._stop, self._remove):
            head.addWidget(button)
        whole = column(self, gap=4)
        whole.addLayout(head)
        for widget in (self._detail, self._memory, self._page, self._bar, self._so_far, self._fault):
            whole.addWidget(widget)

    def speak(self) -> None:
        """Say everything in the language of now."""
        listing, here = self._listing, machine.memory()
        self._name.setText(listing.name)
        self._detail.setText(
            say(
                "local.detail",
                kind=listing.quantisation,
                size=machine.gb(listing.size),
                licence=listing.licence,
            )
        )
        self._memory.setText(say("local.memory", needed=machine.gb(listing.memory), here=machine.gb(here)))
        self._memory.setVisible(here > 0)
        set_look(self._memory, "look", "warning" if here < listing.memory else "small")
        self._page.setText(listing.page.partition("://")[2])
        self._stop.setText(say("local.stop"))
        self._use.setText(say("local.use"))
        self._remove.setText(say("local.delete"))
        for button, key in ((self._use, "use"), (self._stop, "stop"), (self._remove, "delete")):
            button.setAccessibleName(say(f"local.{key}_named", name=listing.name))
        self._show()

    def _ask_for_it(self) -> None:
        self.fetched.emit(self._desk.weights(self._listing))
        self._desk.fetch_requested.emit(self._listing.id)

    def _show_if_ours(self, listing_id: str) -> None:
        if listing_id == self._listing.id:
            self._show()

    def _show(self) -> None:
        stock = self._desk.stock(self._listing)
        here, begun = stock.kept == WHOLE, stock.kept > 0
        self._bar.setVisible(stock.fetching or begun)
        self._bar.setValue(round(_STEPS * min(max(stock.kept, 0) / self._listing.size, 1)))
        self._so_far.setText(
            say("local.so_far", kept=machine.gb(stock.kept), size=machine.gb(self._listing.size))
        )
        self._so_far.setVisible(stock.fetching or begun)
        self._bar.setAccessibleName(self._so_far.text())
        self._fault.show_sentence(stock.fault, "danger")
        self._fetch.setText(say("local.continue" if begun else "local.download"))
        name = "continue_named" if begun else "download_named"
        self._fetch.setAccessibleName(say(f"local.{name}", name=self._listing.name))
        self._fetch.setVisible(not stock.fetching and not here)
        self._stop.setVisible(stock.fetching)
        self._use.setVisible(here and self._listing.projector is not None)
        self._remove.setVisible(not stock.fetching and (here or begun))


class ModelList(QWidget):
    """All models that can be fetched to ask about pictures."""

    chosen, fetched = Signal(object), Signal(object)

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = label(wrap=True)
        self._rows = [ModelRow(listing, desk) for listing in desk.listings if listing.projector is not None]
        whole = column(self, gap=12)
        whole.addWidget(self._about)
        for each in self._rows:
            card = frame("model")
            inside = column(card, margins=(12, 10, 12, 10))
            inside.addWidget(each)
            whole.addWidget(card)
            each.chosen.connect(self.chosen)
            each.fetched.connect(self.fetched)
        self.setVisible(bool(self._rows))
        self.speak()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._about.setText(say("local.about"))
        for each in self._rows:
            each.speak()
