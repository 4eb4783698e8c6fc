"""The settings of a server that Glimpse starts on this machine: which model, at which port, and for how long."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app import machine
from app.i18n import say
from app.model.profiles import Profile, Service
from app.serving import ENGINES, Order, Served, order_of, url_of
from ui.choice import Choice
from ui.layout import column, label, row
from ui.profile_rules import whole_of
from ui.server_desk import ServerDesk
from ui.server_plan import ServerPlan
from ui.server_status import ServerStatus

_PORT_WIDTH = 96


class LocalServerForm(QWidget):
    """Shows the `Service` and the port of a profile and gives them back as they were changed."""

    changed = Signal()

    def __init__(self, desk: ServerDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._engine = ""
        self._served: dict[str, Served] = {}
        self._captions = {"model": label("small"), "port": label("small")}
        self._model, self._port = Choice(), QLineEdit()
        self._fields = {"model": self._model, "port": self._port}
        self._size = label("small", wrap=True)
        self._plan, self._status = ServerPlan(desk), ServerStatus(desk)
        self._keep = QCheckBox()
        self._port.setFixedWidth(_PORT_WIDTH)
        self._model.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        fields = row()
        for name, field in self._fields.items():
            self._captions[name].setBuddy(field)
            pair = column(gap=2)
            pair.addWidget(self._captions[name])
            pair.addWidget(field)
            fields.addLayout(pair, 1 if field is self._model else 0)
        whole = column(self)
        whole.addLayout(fields)
        for widget in (self._size, self._plan, self._keep, self._status):
            whole.addWidget(widget)
        self._model.currentIndexChanged.connect(self._edited)
        self._port.textEdited.connect(self._edited)
        self._keep.clicked.connect(self.changed)
        self._status.start_pressed.connect(
            lambda: desk.start_requested.emit(self.order(), self._keep.isChecked())
        )
        self.speak()

    def show_profile(self, profile: Profile, served: tuple[Served, ...]) -> None:
        """Show what a profile says, silently; `served` are the models that its engine can be started with."""
        order = order_of(profile)
        self._engine = ENGINES.get(profile.preset, "")
        self._served = {one.weights: one for one in served}
        names = tuple((weights, weights.rpartition("/")[2]) for weights in self._served)
        self._model.offer(names, profile.service.weights)
        self._port.setText(str(order.port) if order is not None and order.port else "")
        self._keep.setChecked(profile.service.keep)
        self._show_order()

    def service(self) -> Service:
        """Return what is to be served, and for how long."""
        return Service(self._model.value(), self._keep.isChecked())

    def model(self) -> str:
        """Return the name under which the model is served."""
        served = self._served.get(self._model.value())
        return served.model if served is not None else ""

    def url(self) -> str:
        """Return where it will answer; a port that is none counts as -1."""
        return url_of(self.order().port)

    def order(self) -> Order:
        """Return what is to be started; a port that is none counts as -1."""
        return Order(self._engine, self._model.value(), whole_of(self._port.text()) or -1)

    def speak(self) -> None:
        """Say everything in the language of now."""
        for name, caption in self._captions.items():
            caption.setText(say(f"service.{name}"))
            self._fields[name].setAccessibleName(caption.text())
        self._keep.setText(say("service.keep"))
        self._plan.speak()
        self._status.speak()
        self._show_order()

    def showEvent(self, event: QShowEvent) -> None:
        """Have the machine looked at anew."""
        super().showEvent(event)
        self._desk.watched = True
        self._desk.looked_at.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Have the user told elsewhere."""
        super().hideEvent(event)
        self._desk.watched = False

    def _edited(self) -> None:
        self._show_order()
        self.changed.emit()

    def _show_order(self) -> None:
        served = self._served.get(self._model.value())
        if served is None:  # there is no such profile to show
            return
        self._size.setText(say("service.size", size=machine.gb(served.size)))
        self._plan.show_order(self.order())
        self._status.show_order(self.order())
