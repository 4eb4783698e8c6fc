"""Where the window asks for the server of this machine, and hears how it stands with it; shared by all that show it."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.hosting import Plan
from app.model.sentences import Sentence, sentence
from app.serving import Launch, LoadProgress, Order

LINES = 1000  # of its log


class Phase(StrEnum):
    """How far a server has come."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the server: `launch` is what was started last, `fault` why it is off again."""

    phase: Phase = Phase.OFF
    launch: Launch | None = None
    progress: LoadProgress | None = None
    fault: Sentence | None = None

    def sentence(self) -> Sentence:
        """Say it."""
        if self.progress is not None:
            key = "service.fetching" if self.progress.fetching else "service.loading"
            return sentence(key, what=self.progress.what, percent=round(100 * self.progress.part))
        if self.phase is Phase.READY and self.launch is not None:
            return sentence("service.answers", model=self.launch.model, url=self.launch.url)
        return self.fault or sentence(f"service.{self.phase}")

    def is_of(self, order: Order | None) -> bool:
        """Tell whether this is about what was ordered."""
        return self.launch is not None and self.launch.serves(order)


class ServerDesk(QObject):
    """Knows the `Standing`, the last lines of the log, and the `Plan` of the order that was asked about last.

    `plan_requested` gives an `Order`; `looked_at` says that somebody wants to know, and the machine may have changed;
    `start_requested` gives an `Order` and whether it outlives the app.
    """

    changed, planned = Signal(), Signal()
    logged = Signal(object)  # the new lines; none when it begins anew
    looked_at = Signal()
    plan_requested = Signal(object)
    start_requested = Signal(object, bool)
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.log: deque[str] = deque(maxlen=LINES)
        self.order: Order | None = None
        self.plan: Plan | None = None
        self.watched = False  # whether it is in sight of the user, who then need not be told

    def ask(self, order: Order) -> None:
        """Have looked up what an order comes to; the last one asked about counts."""
        if order != self.order:
            self.order, self.plan = order, None
            self.plan_requested.emit(order)

    def plan_of(self, order: Order | None) -> Plan | None:
        """Return what an order comes to, None as long as that is not known."""
        return self.plan if order == self.order else None

    def answer(self, order: Order, plan: Plan) -> None:
        """Tell what an order comes to."""
        if order == self.order:
            self.plan = plan
            self.planned.emit()

    def tell(self, standing: Standing) -> None:
        """Tell how it stands."""
        if standing != self.standing:
            self.standing = standing
            self.changed.emit()

    def add(self, lines: tuple[str, ...]) -> None:
        """Add lines to the log."""
        self.log.extend(lines)
        self.logged.emit(lines)

    def begin_log(self) -> None:
        """Begin the log anew."""
        self.log.clear()
        self.logged.emit(())
