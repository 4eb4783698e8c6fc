import asyncio
import gc
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import app.voices
import backends.make
import backends.nearby
from app.blobs import BlobStore
from app.calibration import Calibration
from app.model.attachments import Picture
from app.model.checkups import Checkup, Health, Server
from app.model.events import Answer, Events, Finish
from app.model.limits import Limits
from app.model.messages import Ending, Usage
from app.model.profiles import Profile, Thinking
from app.model.requests import Request, Role, Said
from app.model.screens import Line
from app.model.sentences import sentence
from app.voices import Voices
from app.workers import Workers

PROFILE = Profile("p", "Local", "vllm", "http://127.0.0.1:1/v1", "glm")


class Voice:
    """A backend that waits in mid-answer until it is told to go on, and remembers whether it was closed."""

    made: list["Voice"] = []  # noqa: RUF012 - emptied by the fixture

    def __init__(self) -> None:
        self.limits = Limits(context=1000)
        self.closed = False
        self.usage: Events = ()
        self.go_on = asyncio.Event()
        Voice.made.append(self)

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        yield (Answer("half "),)
        await self.go_on.wait()
        assert not self.closed
        yield (Answer("and half"), *self.usage, Finish(Ending.FINISHED))

    async def count(self, request: Request) -> int | None:
        return 77

    async def check(self) -> Checkup:
        self.limits = Limits(context=4096)
        return Checkup(Health.WORKS, sentence("backend.works"))

    async def aclose(self) -> None:
        self.closed = True


class NoOcr:
    async def read(
        self, pictures: Sequence[Picture]
    ) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        for picture in pictures:
            yield picture, ()


@pytest.fixture
def voices(workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voices:
    Voice.made.clear()
    monkeypatch.setattr(backends.make, "make", lambda *_, **__: Voice())
    return Voices(workers, BlobStore(tmp_path), NoOcr, lambda _: "")


async def test_a_profile_keeps_its_backend_however_it_is_asked_to_think(voices: Voices) -> None:
    first = await voices.get(PROFILE)
    assert await voices.get(replace(PROFILE, thinking=Thinking.OFF, name="other")) is first
    assert await voices.get(replace(PROFILE, base_url="http://127.0.0.1:2/v1")) is not first


async def test_a_reply_goes_on_when_its_profile_gets_another_key(voices: Voices, workers: Workers) -> None:
    backend = await voices.get(PROFILE)
    stream = backend.stream(Request(()))
    assert await anext(stream) == (Answer("half "),)
    await voices.forget(PROFILE)
    voice = Voice.made[0]
    assert not voice.closed

    async def go_on() -> None:
        voice.go_on.set()

    await asyncio.wrap_future(workers.network(go_on()))
    assert [events async for events in stream] == [(Answer("and half"), Finish(Ending.FINISHED))]
    assert voice.closed
    assert await voices.get(PROFILE) is not backend


async def test_what_a_test_learned_of_the_server_counts_from_then_on(voices: Voices) -> None:
    assert voices.limits(PROFILE).context is None
    assert (await voices.check(PROFILE, "key")).health is Health.WORKS
    assert voices.limits(PROFILE).context == 4096
    assert (await voices.get(PROFILE)).limits.context == 4096


async def test_what_a_reply_taught_of_the_server_counts_too(voices: Voices) -> None:
    backend = await voices.get(PROFILE)
    stream = backend.stream(Request(()))
    await anext(stream)
    assert voices.limits(PROFILE).context == 1000
    await stream.aclose()
    await voices.close()
    assert all(voice.closed for voice in Voice.made)


async def test_what_a_server_counts_makes_the_next_estimate_better(
    workers: Workers, voices: Voices, tmp_path: Path
) -> None:
    file = tmp_path / "cache" / "counts.json"
    learning = Voices(workers, BlobStore(tmp_path), NoOcr, lambda _: "", Calibration(file))
    request = Request((Said(Role.USER, ("word " * 400,)),))
    backend = await learning.get(PROFILE)
    stream = backend.stream(request)
    await anext(stream)
    assert learning.limits(PROFILE).words == 1.0
    Voice.made[0].usage = (Usage(prompt=762, completion=2),)
    await asyncio.wrap_future(workers.network(_set(Voice.made[0].go_on)))
    _ = [events async for events in stream]
    assert learning.limits(PROFILE).words == pytest.approx(1.5)
    assert await learning.count(PROFILE, request) == 77
    assert Calibration(file).words(PROFILE) == pytest.approx(1.5)
    assert voices.limits(PROFILE).words == 1.0


async def _set(event: asyncio.Event) -> None:
    event.set()


async def test_what_was_imported_is_no_longer_walked_through(voices: Voices) -> None:
    app.voices._room.cache_clear()
    gc.unfreeze()
    await voices.get(PROFILE)
    try:
        assert gc.get_freeze_count() > 10 * len(gc.get_objects())
    finally:
        gc.unfreeze()


async def test_servers_nearby_are_looked_for_on_the_networks_loop(
    voices: Voices, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Server("http://127.0.0.1:8000/v1", "vllm", "vLLM")
    loops = []

    async def find() -> tuple[Server, ...]:
        loops.append(asyncio.get_running_loop())
        return (here,)

    monkeypatch.setattr(backends.nearby, "find", find)
    assert await voices.nearby() == (here,)
    assert loops[0] is not asyncio.get_running_loop()
