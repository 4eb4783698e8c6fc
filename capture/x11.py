"""What every conversation with the X server needs: a connection, atoms, properties."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import xcffib
import xcffib.xproto

from app.errors import NoScreen

# What talking to an X server can raise: it is gone, or it refuses a request.
XError = xcffib.XcffibException

_NUMBERS = 32  # bits of each item of such a property


def connect() -> Any:
    """Return a new connection to the server that DISPLAY names; raises `NoScreen`."""
    try:
        return xcffib.connect()
    except XError as error:
        raise NoScreen("capture.no_server") from error


@contextmanager
def connection() -> Iterator[Any]:
    """Give a connection for a while; what goes wrong on it leaves as `NoScreen`."""
    server = connect()
    try:
        yield server
    except XError as error:
        raise NoScreen("capture.no_server") from error
    finally:
        server.disconnect()


def root_of(server: Any) -> int:
    """Return the root window of the screen that DISPLAY names."""
    return int(server.setup.roots[server.pref_screen].root)


def atom(server: Any, name: str) -> int:
    """Return the number of an atom."""
    return int(server.core.InternAtom(False, len(name), name).reply().atom)


def numbers(server: Any, window: int, name: str) -> tuple[int, ...]:
    """Return a property of 32-bit numbers (windows, atoms, process ids); empty when it is not there."""
    reply = server.core.GetProperty(
        False, window, atom(server, name), xcffib.xproto.GetPropertyType.Any, 0, 2**16
    ).reply()
    return tuple(int(number) for number in reply.value.to_atoms()) if reply.format == _NUMBERS else ()


def has_extension(server: Any, key: Any) -> bool:
    """Return whether the server has the extension; `key` is that of its xcffib module."""
    return bool(server.core.QueryExtension(len(key.name), key.name).reply().present)
