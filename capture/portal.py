"""The desktop's portal on the session bus: how an application asks a Wayland desktop for anything.

A request is a call that returns at once and is answered by a signal, if at all.  The signal may come
before the call returns, so we listen first, on a path the caller can work out.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

from dbus_fast import DBusFastError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

# The name of our .desktop file: portals refuse applications without one, and remember answers by it.
APP_ID = "io.github.glimpse.Glimpse"

SERVICE = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SCREENSHOT = "org.freedesktop.portal.Screenshot"
SCREENCAST = "org.freedesktop.portal.ScreenCast"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION = "org.freedesktop.portal.Session"

PATIENCE = 10.0  # seconds

_BUS = "org.freedesktop.DBus"
_REQUEST = "org.freedesktop.portal.Request"
_REGISTRY = "org.freedesktop.host.portal.Registry"

_log = logging.getLogger(__name__)


class PortalError(Exception):
    """A request was not granted."""


class Absent(PortalError):
    """There is no bus, no portal, or no such interface on it."""


class Cancelled(PortalError):
    """The user dismissed the question."""


class Denied(PortalError):
    """The desktop said no."""


class Silent(PortalError):
    """Nobody answered in time."""


_FAULTS: dict[int, type[PortalError]] = {1: Cancelled, 2: Denied}


class Portal:
    """One connection to the portal, used on one event loop."""

    def __init__(self, bus: Any) -> None:  # a MessageBus, of which only half is typed
        self._bus = bus
        self._owner = ""
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._listeners: dict[tuple[str, str], Callable[[str, list[Any]], None]] = {}

    @classmethod
    async def open(cls) -> "Portal":
        """Connect and say who we are; raises `Absent`, or `Silent` after ten seconds."""
        try:
            async with asyncio.timeout(PATIENCE):
                portal = cls(await _connected())
                try:
                    await portal._greet()
                except BaseException:
                    await portal.close()
                    raise
        except TimeoutError as error:
            raise Silent("the session bus did not answer") from error
        return portal

    async def close(self) -> None:
        """Leave the bus, which ends every session."""
        self._bus.disconnect()
        with contextlib.suppress(OSError, EOFError):  # the bus left first
            await self._bus.wait_for_disconnect()

    async def version(self, interface: str) -> int | None:
        """Return the version of an interface, None where the desktop does not have it."""
        try:
            body = await self._call("org.freedesktop.DBus.Properties", "Get", "ss", [interface, "version"])
        except (Absent, Denied):  # a missing interface is "invalid arguments" to some portals
            return None
        return int(body[0].value)

    async def request(
        self,
        interface: str,
        member: str,
        signature: str,
        body: list[Any],
        patience: float,
    ) -> dict[str, Any]:
        """Ask for something and return the answer, plain values by name.

        The last item of `body` is the dictionary of options.  `patience` is in seconds.  Raises
        `PortalError`.
        """
        token = new_token()
        sender = (self._bus.unique_name or "")[1:].replace(".", "_")
        path = handle = f"{PATH}/request/{sender}/{token}"
        answer = self._expect(path)
        options = body[-1] | {"handle_token": Variant("s", token)}
        try:
            async with asyncio.timeout(patience):
                handle = (await self._call(interface, member, signature, [*body[:-1], options]))[0]
                if handle != path:  # portals older than 0.9 choose a path of their own
                    answer = self._expect(handle)
                message = await answer
        except TimeoutError as error:
            await self._end(handle, _REQUEST)  # whatever it still asks the user is no longer of use
            raise Silent(f"{member} was not answered") from error
        finally:
            for expected in (path, handle):
                self._answers.pop(expected, None)
        code, results = message.body
        if code != 0:
            raise _FAULTS.get(code, Denied)(member)
        return {name: result.value for name, result in results.items()}

    async def end_session(self, session: str) -> None:
        """Give back what was granted in a session."""
        await self._end(session, SESSION)

    async def listen(self, interface: str, member: str, heard: Callable[[str, list[Any]], None]) -> None:
        """Have `heard` called with the path and the body of every such signal of the portal."""
        self._listeners[interface, member] = heard
        await self._match(interface, member)

    async def _greet(self) -> None:
        self._bus.add_message_handler(self._hear)
        await self._match(_REQUEST, "Response")
        try:
            await self._call(_REGISTRY, "Register", "sa{sv}", [APP_ID, {}])
        except PortalError:
            _log.debug("the portal takes no names")  # older ones learn them from the desktop
        # Signals are believed from the portal only: anybody on the bus can send us one.
        self._owner = (await self._ask_bus("GetNameOwner", SERVICE))[0]

    async def _end(self, path: str, interface: str) -> None:
        with contextlib.suppress(PortalError):  # it ended by itself
            await self._send(Message(SERVICE, path, interface, "Close"))

    async def _match(self, interface: str, member: str) -> None:
        rule = f"type='signal',sender='{SERVICE}',interface='{interface}',member='{member}'"
        await self._ask_bus("AddMatch", rule)

    async def _ask_bus(self, member: str, argument: str) -> list[Any]:
        return await self._send(
            Message(_BUS, "/org/freedesktop/DBus", _BUS, member, signature="s", body=[argument])
        )

    async def _call(self, interface: str, member: str, signature: str, body: list[Any]) -> list[Any]:
        return await self._send(Message(SERVICE, PATH, interface, member, signature=signature, body=body))

    async def _send(self, message: Message) -> list[Any]:
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self._bus.call(message)
        except TimeoutError as error:
            raise Silent(f"{message.member} was not answered") from error
        except (DBusFastError, OSError, EOFError) as error:
            raise Absent("the bus is gone") from error
        if reply.message_type is MessageType.ERROR:
            raise _fault(reply)
        return list(reply.body)

    def _expect(self, path: str) -> asyncio.Future[Message]:
        return self._answers.setdefault(path, asyncio.get_running_loop().create_future())

    def _hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL or message.sender != self._owner:
            return
        if message.interface == _REQUEST and message.member == "Response":
            # Kept even if nobody waits yet: an old portal's path is known only when its call returns.
            answer = self._expect(message.path or "")
            if not answer.done():
                answer.set_result(message)
            return
        heard = self._listeners.get((message.interface or "", message.member or ""))
        if heard is not None:
            heard(message.path or "", message.body)


@contextlib.asynccontextmanager
async def conversation(patience: float) -> AsyncIterator[Portal]:
    """Give the portal for so many seconds, from connecting on; raises `PortalError`, `Silent` after them.

    What was asked for and not answered ends with the connection.
    """
    try:
        async with asyncio.timeout(patience):
            desktop = await Portal.open()
            try:
                yield desktop
            finally:
                await desktop.close()
    except TimeoutError as error:
        raise Silent("the portal did not answer in time") from error


async def _connected() -> Any:
    bus: Any = None
    try:
        bus = MessageBus()
        return await bus.connect()
    except (DBusFastError, OSError, KeyError) as error:  # KeyError: not even a HOME to look in
        raise Absent("no session bus") from error
    except asyncio.CancelledError:  # somebody listens there who is no bus
        bus.disconnect()
        raise


def new_token() -> str:
    """Return a name for a request or a session that nobody can guess."""
    return f"glimpse_{secrets.token_hex(8)}"


def _fault(reply: Message) -> PortalError:
    name = reply.error_name or ""
    text = f"{name}: {reply.body[0] if reply.body else ''}"
    missing = ("ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface", "UnknownObject")
    return Absent(text) if name.rpartition(".")[2] in missing else Denied(text)
