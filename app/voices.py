"""Which backend speaks for which profile: made when first asked for, kept while its address and model stay.

A composition root: the room of the backends is imported here, late, because the SDK alone takes half a second.
"""

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import Any

from app.calibration import Calibration
from app.model.checkups import Checkup, Server
from app.model.limits import Limits
from app.model.profiles import Profile, Weights
from app.model.requests import Request
from app.ports import Backend, Blobs, Ocr
from app.remote import Remote
from app.workers import Workers

Address = tuple[str, str, str, str, Weights, bool]


class Voices:
    """Hands out backends; every one lives on the network's loop."""

    def __init__(
        self,
        workers: Workers,
        blobs: Blobs,
        ocr: Callable[[], Ocr],
        key: Callable[[Profile], str],
        calibration: Calibration | None = None,
        wording: Weights | None = None,
    ) -> None:
        """`ocr` makes the eyes of the built-in reader; `key` looks up a profile's secret and may block.

        `calibration` is what was learned about counts of tokens in earlier runs; `wording` is the model that puts
        into words what was read, whether it has been fetched or not.
        """
        self._calibration = calibration or Calibration()
        self._workers = workers
        self._blobs = blobs
        self._ocr = ocr
        self._key = key
        self._wording = wording
        self._kept: dict[Address, Remote] = {}
        self._told: dict[Address, Limits] = {}
        self._engine: Any = None

    def limits(self, profile: Profile) -> Limits:
        """Return what the profile's backend takes: as the server told, else as its preset says; and how it counts."""
        return replace(self._limits(profile), words=self._calibration.words(profile))

    def _limits(self, profile: Profile) -> Limits:
        address = _address(profile)
        if address in self._kept:
            return self._kept[address].limits
        if address in self._told:
            return self._told[address]
        limits: Limits = import_module("backends.presets").limits(profile)
        return limits

    def ocr(self) -> Ocr:
        """Return the eyes of the built-in reader; may block the first time."""
        return self._ocr()

    async def get(self, profile: Profile) -> Backend:
        """Return the backend of a profile."""
        address = _address(profile)
        if address not in self._kept:
            key = await self._workers.thread(self._key, profile)
            remote = await self._workers.thread(self._make, profile, key)
            # Another question may have been faster.
            self._kept.setdefault(address, remote)
        return self._kept[address]

    async def count(self, profile: Profile, request: Request) -> int | None:
        """Return how many tokens the words of a request are for the profile's server: see `app.ports.Backend`."""
        return await (await self.get(profile)).count(request)

    async def check(self, profile: Profile, key: str) -> Checkup:
        """Test a profile with this key; never raises.  What the server tells of its limits is kept."""
        remote = await self._workers.thread(self._make, profile, key)
        try:
            checkup = await remote.check()
        finally:
            await remote.aclose()
        self._told[_address(profile)] = remote.limits
        return checkup

    async def nearby(self) -> tuple[Server, ...]:
        """Return the servers that answer at the usual ports of this computer."""
        room = await self._workers.thread(import_module, "backends.nearby")
        found: tuple[Server, ...] = await asyncio.wrap_future(self._workers.network(room.find()))
        return found

    async def forget(self, profile: Profile) -> None:
        """Have the next use of a profile make a new backend, with its new key; replies under way go on."""
        remote = self._kept.pop(_address(profile), None)
        if remote is not None:
            await remote.aclose()

    async def close(self) -> None:
        """Close every backend, and end the model that runs inside the app."""
        kept, self._kept = list(self._kept.values()), {}
        for remote in kept:
            await remote.aclose()
        if self._engine is not None:
            await asyncio.wrap_future(self._workers.network(self._engine.close()))

    def _make(self, profile: Profile, key: str) -> Remote:
        room = _room()

        def make() -> Backend:
            # Called on the network's loop only, so there is one engine, whoever asks first.
            if self._engine is None:
                self._engine = room.Engine(self._workers)
            backend: Backend = room.make(
                profile,
                key=key,
                blobs=self._blobs,
                ocr=self._ocr(),
                engine=self._engine,
                wording=self._wording,
            )
            return backend

        limits = self._told.get(_address(profile)) or room.limits(profile)
        return Remote(make, limits, self._workers, partial(self._learn, profile))

    async def _learn(self, profile: Profile, request: Request, counted: int) -> None:
        if self._calibration.learn(profile, request, self._limits(profile), counted):
            await self._workers.thread(self._calibration.save)


@cache
def _room() -> Any:
    """Import the room of the backends, on a thread: it takes half a second."""
    room = import_module("backends.make")
    # What has been imported by now stays for good.  A full collection would walk through all of it each time, and
    # hold up every thread for 0.1 s, in the middle of an answer.
    gc.freeze()
    return room


def _address(profile: Profile) -> Address:
    # How it thinks and picks its words comes with each request; a change of it needs no new connection.
    return profile.id, profile.preset, profile.base_url, profile.model, profile.weights, profile.in_words
