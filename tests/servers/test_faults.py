"""A real server that goes away, is full, or lets go of its model while the app is listening.

The whole way through the mind: what is in the store afterwards is what came, byte for byte, with how it ended
and one sentence.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from app.chat import Chat
from app.i18n import say
from app.model.attachments import Draft
from app.model.events import Answer, Event, Events
from app.model.messages import Ending, Reply
from app.model.profiles import Profile
from app.ports import Backend
from app.store import Store
from tests.model_servers import CONTEXT, ModelServer, free_port, llama_process, llama_url
from tests.servers.talk import Connect
from tests.servers.tap import Tap

PROFILE = Profile("p", "Test", "llamacpp")
GENEROUS = 60  # seconds that a busy machine may take


class Llamas:
    """Starts llama.cpp at one address, again and again."""

    def __init__(self, folder: Path) -> None:
        self._log, self._port, self._stack = folder / "log", free_port(), ExitStack()

    def start(self, habit: str = "") -> ModelServer:
        """Start it, and wait until it listens."""
        self.stop()
        process = self._stack.enter_context(llama_process(self._log, "micro-glm41v", self._port, habit))
        return ModelServer("llamacpp", llama_url(process, self._log), self._log)

    def stop(self) -> None:
        """Kill it."""
        self._stack.close()


@pytest.fixture
def llamas(tmp_path: Path) -> Iterator[Llamas]:
    made = Llamas(tmp_path)
    yield made
    made.stop()


class Asker:
    """Asks as the window does."""

    def __init__(self, store: Store) -> None:
        self.shown: list[Event] = []
        self._chat = Chat(store)
        self._store = store

    async def ask(
        self, backend: Backend, text: str, when_answering: Callable[[], None] | None = None
    ) -> Reply:
        """Return the reply as the store has it, having done something once the answer has begun."""

        def show(events: Events) -> None:
            nonlocal when_answering
            self.shown.extend(events)
            if when_answering is not None and any(isinstance(event, Answer) for event in events):
                act, when_answering = when_answering, None
                act()

        async def find() -> Backend:
            return backend

        thread, _ = await self._chat.ask(None, Draft(text))
        turn = await self._chat.open(thread, PROFILE, backend.limits)
        await turn.run(find, show)
        *_, reply = await self._store.messages(thread)
        assert isinstance(reply, Reply)
        return reply


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(tmp_path / "history.sqlite", executor)
        yield Asker(store)
        await store.close()


def came(received: bytes) -> tuple[str, str]:
    """Return the thinking and the content in every whole event that came along a line."""
    events = re.findall(rb"^data: (\{.*\})\r?\n\r?\n", received, re.MULTILINE)
    deltas = [choice["delta"] for event in events for choice in json.loads(event).get("choices", [])]
    thought, content = (
        "".join(delta.get(name) or "" for delta in deltas) for name in ("reasoning_content", "content")
    )
    # The first pair of tags says where the answer stands; the model babbles more of them.
    return thought, content.replace("<answer>", "", 1).replace("</answer>", "", 1)


async def test_a_server_that_is_killed_in_mid_answer_and_started_again(
    llamas: Llamas, connect: Connect, asker: Asker, tap: Callable[[ModelServer], Awaitable[Tap]]
) -> None:
    line = await tap(llamas.start("endless"))
    backend = connect(line.near)
    reply = await asker.ask(backend, "Hello", when_answering=llamas.stop)
    assert reply.ended is Ending.BROKEN
    assert reply.fault is not None
    assert reply.fault.key in ("backend.lost", "backend.cut_off")
    assert say(reply.fault)
    assert reply.answer
    assert (reply.reasoning, reply.answer) == came(bytes(line.received))
    gone = await asker.ask(backend, "Are you there?")
    assert (gone.ended, gone.answer) == (Ending.BROKEN, "")
    llamas.start()
    again = await asker.ask(backend, "And now?")
    assert again.ended is Ending.FINISHED
    assert again.answer.endswith("testing protocols")


async def test_the_context_is_full_in_mid_answer(
    llamas: Llamas, connect: Connect, asker: Asker, tap: Callable[[ModelServer], Awaitable[Tap]]
) -> None:
    line = await tap(llamas.start("endless"))
    reply = await asker.ask(connect(line.near), "Hello")
    assert reply.ended is Ending.CUT
    assert reply.usage is not None
    assert reply.usage.prompt + reply.usage.completion == CONTEXT
    assert (reply.reasoning, reply.answer) == came(bytes(line.received))


async def test_a_server_that_let_go_of_its_model_is_waited_for(
    llamas: Llamas, connect: Connect, asker: Asker
) -> None:
    server = llamas.start("sleepy")
    backend = connect(server)
    awake = await asker.ask(backend, "Hello")
    await _until(lambda: _sleeps(server))
    again = await asker.ask(backend, "Hello again")
    assert (again.ended, again.answer) == (Ending.FINISHED, awake.answer)


def _sleeps(server: ModelServer) -> bool:
    properties = httpx2.get(server.url.removesuffix("/v1") + "/props").json()
    return properties["is_sleeping"] is True


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(GENEROUS):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110 - the server tells only who asks
            await asyncio.sleep(0.1)
