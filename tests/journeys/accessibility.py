"""What a screen reader is told about an application, read from outside over AT-SPI by plain D-Bus."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_COMPONENT = "org.a11y.atspi.Component"
_TEXT = "org.a11y.atspi.Text"
_VALUE = "org.a11y.atspi.Value"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
# dbus-fast 5.2 gives the connection up when the socket's buffer is full, so few questions go out at a time.
_IN_FLIGHT = 32
_SILENCE = 20.0  # seconds after which an application counts as hung

# Bits of AT-SPI's state set that a user can tell apart.
_STATES = {
    1: "active",
    3: "busy",
    4: "checked",
    7: "editable",
    8: "enabled",
    10: "expanded",
    11: "focusable",
    12: "focused",
    16: "modal",
    20: "pressed",
    22: "selectable",
    23: "selected",
    25: "showing",
    41: "checkable",
    43: "read only",
}
# Qt's bridge speaks of push buttons as AT-SPI did before 2.56; one word is enough here.
_ROLES = {"push button": "button", "filler": "panel"}
# What opens out of these stands in a window of its own: it is not clipped by them.
_OPENERS = {"combo box", "menu bar", "menu", "menu item", "button"}

Address = tuple[str, str]  # the application's name on the bus, the object's path


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def __bool__(self) -> bool:
        """Say whether there is anything in it."""
        return self.width > 0 and self.height > 0

    def __and__(self, other: "Rect") -> "Rect":
        """Return what both have in common; empty when nothing."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rect(x, y, max(0, right - x), max(0, bottom - y))

    def scaled(self, scale: float, corners: Sequence[tuple[int, int]]) -> "Rect":
        """Return it in the screen's pixels when Qt counts `scale` of them as one.

        Qt shrinks each monitor towards its own corner, so these `corners` stay where they are.
        """
        x, y = max((each for each in corners if each[0] <= self.x and each[1] <= self.y), default=(0, 0))
        return Rect(
            x + round((self.x - x) * scale),
            y + round((self.y - y) * scale),
            round(self.width * scale),
            round(self.height * scale),
        )


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on the screen, as it was at one moment.

    `rect` is all of it, `seen` the part that its scrolling parents leave visible; `text` what it says
    (of a field its contents, else its name); `value` that of a slider, bar or number field; `depth`
    its level in the tree.
    """

    role: str
    name: str
    text: str
    description: str
    states: frozenset[str]
    rect: Rect
    seen: Rect
    value: float | None
    depth: int

    @property
    def enabled(self) -> bool:
        """Whether it takes orders."""
        return "enabled" in self.states

    @property
    def focused(self) -> bool:
        """Whether keys go to it."""
        return "focused" in self.states

    @property
    def checked(self) -> bool:
        """Whether it is ticked or pressed in."""
        return bool(self.states & {"checked", "pressed"})

    @property
    def in_view(self) -> bool:
        """Whether a part of it is on the screen, not scrolled away."""
        return "showing" in self.states and bool(self.seen)

    @property
    def center(self) -> tuple[int, int]:
        """The middle of the part that can be seen."""
        return self.seen.x + self.seen.width // 2, self.seen.y + self.seen.height // 2

    def scaled(self, scale: float, corners: Sequence[tuple[int, int]]) -> "Element":
        """Return it with its places in the screen's pixels: see `Rect.scaled`."""
        return replace(self, rect=self.rect.scaled(scale, corners), seen=self.seen.scaled(scale, corners))

    def __str__(self) -> str:
        """Return one line for people who look for a fault."""
        told = "" if self.text == self.name else f" = {self.text!r}"
        place = f"{self.rect.width}x{self.rect.height}+{self.rect.x}+{self.rect.y}"
        return f"{'  ' * self.depth}{self.role} {self.name!r}{told} [{' '.join(sorted(self.states))}] {place}"


class Accessibility:
    """A screen reader's ear on the bus of one world.  Not for use inside a running asyncio loop."""

    def __init__(self, session_bus: str) -> None:
        self._session_bus = session_bus
        self._runner = asyncio.Runner()
        self._bus: MessageBus | None = None
        self._room = asyncio.Semaphore(_IN_FLIGHT)

    def open(self) -> None:
        """Join the bus and wake the registry.  A program that starts before the registry is never heard."""
        self._runner.run(asyncio.wait_for(self._connect(), _SILENCE))

    def elements(self, session: int) -> tuple[Element, ...]:
        """Return everything that the programs of one process session show, parents before children.

        Empty while nothing is there.  Raises `TimeoutError` when the application does not answer.
        """
        return self._runner.run(asyncio.wait_for(self._elements(session), _SILENCE))

    def close(self) -> None:
        """Leave the bus."""
        if self._bus:
            self._runner.run(_leave(self._bus))
        self._runner.close()

    async def _elements(self, session: int) -> tuple[Element, ...]:
        applications = (await self._ask(_REGISTRY, _ACCESSIBLE, "GetChildren")) or []
        trees = [
            await self._walk(tuple(each), None, 0)
            for each in applications
            if await self._is_of(each[0], session)
        ]
        return tuple(element for tree in trees for element in tree)

    async def _connect(self) -> None:
        session = await MessageBus(bus_address=self._session_bus).connect()
        reply = await session.call(Message("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress"))
        await _leave(session)
        self._bus = await MessageBus(bus_address=reply.body[0]).connect()
        await self._ask(_REGISTRY, _ACCESSIBLE, "GetChildren")

    async def _is_of(self, application: str, session: int) -> bool:
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        process = await self._ask(bus, bus[0], "GetConnectionUnixProcessID", "s", application)
        try:
            return process is not None and os.getsid(process) == session
        except ProcessLookupError:
            return False  # killed, and the registry has not noticed yet

    async def _walk(self, at: Address, clip: Rect | None, depth: int) -> list[Element]:
        """Return an object and what it contains; nothing when it is hidden or has gone."""
        interfaces, children = await asyncio.gather(
            self._ask(at, _ACCESSIBLE, "GetInterfaces"), self._ask(at, _ACCESSIBLE, "GetChildren")
        )
        if interfaces is None or children is None:
            return []
        here: list[Element] = []
        if _COMPONENT in interfaces:
            element = await self._element(at, interfaces, clip, depth)
            if element is None or not (element.rect or "showing" in element.states):
                return []
            clip = None if element.role in _OPENERS else element.seen
            here = [element]
        below = await asyncio.gather(*(self._walk(tuple(child), clip, depth + 1) for child in children))
        return here + [element for tree in below for element in tree]

    async def _element(
        self, at: Address, interfaces: list[str], clip: Rect | None, depth: int
    ) -> Element | None:
        name, description, role, states, extents, text, value = await asyncio.gather(
            self._ask(at, _PROPERTIES, "Get", "ss", _ACCESSIBLE, "Name"),
            self._ask(at, _PROPERTIES, "Get", "ss", _ACCESSIBLE, "Description"),
            self._ask(at, _ACCESSIBLE, "GetRoleName"),
            self._ask(at, _ACCESSIBLE, "GetState"),
            self._ask(at, _COMPONENT, "GetExtents", "u", 0),
            self._ask(at, _TEXT, "GetText", "ii", 0, -1) if _TEXT in interfaces else _nothing(),
            self._ask(at, _PROPERTIES, "Get", "ss", _VALUE, "CurrentValue")
            if _VALUE in interfaces
            else _nothing(),
        )
        if None in (name, role, states, extents):
            return None
        rect = Rect(*extents)
        bits = states[0] | states[1] << 32
        return Element(
            role=_ROLES.get(role, role),
            name=name.value,
            text=name.value if text is None else text,
            description=description.value if description else "",
            states=frozenset(word for bit, word in _STATES.items() if bits >> bit & 1),
            rect=rect,
            seen=rect if clip is None else rect & clip,
            value=float(value.value) if value else None,
            depth=depth,
        )

    async def _ask(self, at: Address, interface: str, member: str, signature: str = "", *body: Any) -> Any:
        """Return what an object answers; `None` when it has gone meanwhile."""
        if self._bus is None:
            raise RuntimeError("open() comes first")
        message = Message(at[0], at[1], interface, member, signature=signature, body=list(body))
        async with self._room:
            reply = await self._bus.call(message)
        if reply.message_type is MessageType.ERROR:
            return None
        return reply.body[0]


async def _leave(bus: MessageBus) -> None:
    bus.disconnect()
    # Else its number may be given to the next socket while the loop still watches it.
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]


async def _nothing() -> None:
    """Answer for an interface that an object does not have."""
