"""Which backend speaks for which profile: made when first asked for, kept while its address and model stay.

A composition root: the room of the backends is imported here, late, because the SDK alone takes half a second.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from app.model import Checkup, Limits, Profile
from app.ports import Backend, Blobs, Ocr
from app.remote import Remote
from app.workers import Workers

Address = tuple[str, str, str, str]


class Voices:
    """Hands out backends; every one lives on the network's loop."""

    def __init__(
        self, workers: Workers, blobs: Blobs, ocr: Callable[[], Ocr], key: Callable[[Profile], str]
    ) -> None:
        """`ocr` makes the eyes of the built-in reader; `key` looks up a profile's secret and may block."""
        self._workers = workers
        self._blobs = blobs
        self._ocr = ocr
        self._key = key
        self._kept: dict[Address, Remote] = {}
        self._told: dict[Address, Limits] = {}

    def limits(self, profile: Profile) -> Limits:
        """Return what the profile's backend takes: as the server told, else as its preset says."""
        address = _address(profile)
        if address in self._kept:
            return self._kept[address].limits
        if address in self._told:
            return self._told[address]
        limits: Limits = import_module("backends.presets").limits(profile)
        return limits

    async def get(self, profile: Profile) -> Backend:
        """Return the backend of a profile."""
        address = _address(profile)
        if address not in self._kept:
            key = await self._workers.thread(self._key, profile)
            remote = await self._workers.thread(self._make, profile, key)
            # Another question may have been faster.
            self._kept.setdefault(address, remote)
        return self._kept[address]

    async def check(self, profile: Profile, key: str) -> Checkup:
        """Test a profile with this key; never raises.  What the server tells of its limits is kept."""
        remote = await self._workers.thread(self._make, profile, key)
        try:
            checkup = await remote.check()
        finally:
            await remote.aclose()
        self._told[_address(profile)] = remote.limits
        return checkup

    async def forget(self, profile: Profile) -> None:
        """Have the next use of a profile make a new backend, with its new key; replies under way go on."""
        remote = self._kept.pop(_address(profile), None)
        if remote is not None:
            await remote.aclose()

    async def close(self) -> None:
        """Close every backend."""
        kept, self._kept = list(self._kept.values()), {}
        for remote in kept:
            await remote.aclose()

    def _make(self, profile: Profile, key: str) -> Remote:
        # On a thread: the import takes half a second when it is the first.
        room: Any = import_module("backends.make")

        def make() -> Backend:
            backend: Backend = room.make(profile, key=key, blobs=self._blobs, ocr=self._ocr())
            return backend

        limits = self._told.get(_address(profile)) or room.limits(profile)
        return Remote(make, limits, self._workers)


def _address(profile: Profile) -> Address:
    # How it thinks and picks its words comes with each request; a change of it needs no new connection.
    return profile.id, profile.preset, profile.base_url, profile.model
