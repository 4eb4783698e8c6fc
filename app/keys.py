"""API keys, in the system's keyring or in memory, and nowhere else.

Only the keyrings named here are used.  Left to itself the library takes what an environment variable or a
configuration file names, or a plain text file.  A key belongs to one profile and one origin: when the address
of a profile changes, the key does not go along.

This file is the home of `keyring`, whose import is slow: only the joining modules import it, and late.
"""

import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from keyring.backend import KeyringBackend
from keyring.backends import SecretService, Windows, kwallet, macOS

from app.errors import StoreError
from app.log import hide
from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from app.workers import within

T = TypeVar("T")

SERVICE = "glimpse"
PATIENCE = 60.0  # seconds: people type a password when the keyring asks for one

_PORTS = {"http": 80, "https": 443}


def accepted() -> dict[type[KeyringBackend], str]:
    """Return the keyrings that keep a secret on this system, the preferred one first, with their names."""
    if sys.platform == "win32":
        return {Windows.WinVaultKeyring: "Windows Credential Manager"}
    if sys.platform == "darwin":
        return {macOS.Keyring: "macOS Keychain"}
    return {SecretService.Keyring: "Secret Service", kwallet.DBusKeyring: "KWallet"}


def find_keyring() -> KeyringBackend | None:
    """Return the first accepted keyring that is there, or None."""
    for kind in accepted():
        try:
            float(kind.priority)  # asking for it is how the library says whether a keyring is there
        except RuntimeError:
            continue
        return kind()
    return None


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, '' when it is not one of the web's."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}"


class Keys:
    """The keys of all profiles.

    Every call may block, for `patience` seconds at the most: run it in a thread.  A keyring that
    is missing, locked, late or broken is given up until the next start; keys then live in memory.
    """

    def __init__(
        self, find: Callable[[], KeyringBackend | None] = find_keyring, patience: float = PATIENCE
    ) -> None:
        self._find: Callable[[], KeyringBackend | None] | None = find
        self._patience = patience
        self._ring: KeyringBackend | None = None
        self._trouble = sentence("keys.no_keyring")
        self._memory: dict[str, str] = {}
        self._lock = threading.RLock()

    def where(self) -> Sentence:
        """Say where keys are kept."""
        ring = self._keyring()
        if ring is None:
            return self._trouble
        return sentence("keys.in_keyring", name=accepted().get(type(ring), type(ring).__name__))

    def get(self, profile: Profile) -> str:
        """Return the key of a profile for the origin it now has, '' when there is none."""
        name = _name(profile)
        if not name:
            return ""
        with self._lock:
            key = self._memory.get(name) or self._ask(lambda ring: ring.get_password(SERVICE, name)) or ""
            hide(key)
            if key:  # remembered: a keyring that asks for leave is not to ask at every question
                self._memory[name] = key
        return key

    def set(self, profile: Profile, key: str) -> None:
        """Keep a key, and forget what the profile is known to have for another origin.

        Raises `StoreError` when the profile has no address that the key could belong to.
        """
        hide(key)
        name = _name(profile)
        if not name:
            raise StoreError("keys.no_address")
        if not key:
            self.forget(profile)
            return
        with self._lock:
            self._memory[name] = key
            self._ask(lambda ring: ring.set_password(SERVICE, name, key))
            for old in [known for known in self._memory if known != name and _owner(known) == profile.id]:
                del self._memory[old]
                self._ask(partial(_delete, name=old))

    def forget(self, profile: Profile) -> None:
        """Delete a key; raises `StoreError` when the keyring does not let go of it."""
        name = _name(profile)
        if not name:
            return
        with self._lock:
            self._memory.pop(name, None)
            had_ring = self._keyring() is not None
            self._ask(lambda ring: _delete(ring, name))
            if had_ring and self._ring is None:
                raise StoreError("keys.not_forgotten")

    def _keyring(self) -> KeyringBackend | None:
        """Return the keyring, looked for once."""
        with self._lock:
            find, self._find = self._find, None
            if find is not None:
                self._ring = self._patiently(find)
        return self._ring

    def _ask(self, call: Callable[[KeyringBackend], T]) -> T | None:
        """Return what the keyring answers, None when there is none to ask."""
        ring = self._keyring()
        return None if ring is None else self._patiently(lambda: call(ring))

    def _patiently(self, call: Callable[[], T]) -> T | None:
        try:
            return within(self._patience, call)
        except TimeoutError:
            self._trouble = sentence("keys.keyring_silent")
        except Exception:  # noqa: BLE001 - a keyring lets out whatever its bus, its wallet or the system raises
            # Neither logged nor chained: such an error may hold the secret it could not keep.
            self._trouble = sentence("keys.keyring_failed")
        self._ring = None
        return None


def _name(profile: Profile) -> str:
    address = origin(profile.base_url)
    return f"{profile.id}@{address}" if address else ""


def _owner(name: str) -> str:
    return name.rpartition("@")[0]


def _delete(ring: KeyringBackend, name: str) -> None:
    if ring.get_password(SERVICE, name) is not None:
        ring.delete_password(SERVICE, name)
