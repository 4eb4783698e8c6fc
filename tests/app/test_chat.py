import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.chat import FLUSH, Chat, title_of
from app.errors import Full, Unreachable
from app.model import (
    Answer,
    Attachment,
    Checkup,
    Draft,
    Ending,
    Event,
    Events,
    Finish,
    Health,
    Kind,
    Limits,
    Profile,
    Progress,
    Question,
    Reasoning,
    Reply,
    Request,
    Role,
    Usage,
    sentence,
)
from app.ports import Backend
from app.store import Store

PROFILE = Profile("p", "Local", "vllm", model="glm")


class Voice:
    """Says what it is told to, and remembers what it was asked."""

    limits = Limits()

    def __init__(self, *events: Event, error: Exception | None = None, forever: bool = False) -> None:
        self.asked: Request | None = None
        self.closed = False
        self._events, self._error, self._forever = events, error, forever

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        self.asked = request
        try:
            for event in self._events:
                yield (event,)
            if self._error:
                raise self._error
            if self._forever:
                await asyncio.Event().wait()
        finally:
            self.closed = True

    async def check(self) -> Checkup:
        return Checkup(Health.WORKS, sentence("backend.works"))

    async def aclose(self) -> None:
        pass

    async def find(self) -> Backend:
        return self


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    with ThreadPoolExecutor(1) as executor:
        opened = await Store.open(tmp_path / "history.sqlite", executor)
        yield opened
        await opened.close()


@pytest.fixture
def chat(store: Store) -> Chat:
    return Chat(store)


async def say(
    chat: Chat, voice: Voice, text: str = "hello", thread: int | None = None
) -> tuple[int, Reply, list[Event]]:
    seen: list[Event] = []
    thread, _ = await chat.ask(thread, Draft(text))
    turn = await chat.open(thread, PROFILE, Limits())
    reply = await turn.run(voice.find, seen.extend)
    return thread, reply, seen


async def test_a_turn_is_shown_and_kept(chat: Chat, store: Store) -> None:
    events = (Reasoning("think"), Answer("hel"), Answer("lo"), Usage(3, 4), Finish(Ending.FINISHED))
    thread, reply, seen = await say(chat, Voice(*events))
    assert tuple(seen) == events
    assert (reply.reasoning, reply.answer, reply.ended) == ("think", "hello", Ending.FINISHED)
    assert reply.usage == Usage(3, 4)
    assert reply.thought is not None
    question, kept = await store.messages(thread)
    assert isinstance(question, Question)
    assert question.text == "hello"
    assert kept == reply
    assert (reply.profile, reply.model) == ("Local", "glm")


async def test_the_question_is_kept_before_the_backend_is_found(chat: Chat, store: Store) -> None:
    thread, _ = await chat.ask(None, Draft("kept?"))
    turn = await chat.open(thread, PROFILE, Limits())

    async def find() -> Backend:
        messages = await store.messages(thread)
        assert isinstance(messages[0], Question)
        assert isinstance(messages[1], Reply)
        assert messages[1].ended is Ending.WRITING
        raise Unreachable("backend.unreachable", url="x")

    reply = await turn.run(find, lambda _: None)
    assert reply.ended is Ending.BROKEN
    assert reply.fault == sentence("backend.unreachable", url="x")
    assert isinstance(turn.error, Unreachable)


async def test_stop_keeps_what_came_and_closes_the_backend(chat: Chat) -> None:
    voice = Voice(Reasoning("a"), Answer("b"), forever=True)
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())

    def show(events: Events) -> None:
        if events == (Answer("b"),):
            asyncio.get_running_loop().call_soon(turn.stop)

    reply = await turn.run(voice.find, show)
    assert (reply.ended, reply.answer, reply.fault) == (Ending.STOPPED, "b", None)
    assert voice.closed


async def test_stop_before_the_first_word_ends_it_too(chat: Chat) -> None:
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())
    turn.stop()
    reply = await turn.run(Voice(forever=True).find, lambda _: None)
    assert reply.ended is Ending.STOPPED


async def test_a_reply_without_a_finish_is_broken(chat: Chat) -> None:
    _, reply, _ = await say(chat, Voice(Answer("half")))
    assert (reply.ended, reply.answer, reply.fault) == (Ending.BROKEN, "half", sentence("chat.no_end"))


async def test_a_reply_at_its_length_limit_is_cut(chat: Chat) -> None:
    _, reply, _ = await say(chat, Voice(Answer("long"), Finish(Ending.CUT)))
    assert reply.ended is Ending.CUT


async def test_a_writing_reply_is_in_the_store_after_a_quarter_of_a_second(chat: Chat, store: Store) -> None:
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())
    running = asyncio.create_task(turn.run(Voice(Answer("so far"), forever=True).find, lambda _: None))
    for _ in range(40):
        await asyncio.sleep(FLUSH / 2)
        kept = (await store.messages(thread))[1]
        if isinstance(kept, Reply) and kept.answer == "so far":
            break
    else:
        pytest.fail("nothing was kept")
    assert turn.so_far().answer == "so far"
    turn.stop()
    await running


async def test_a_full_disk_costs_the_answer_nothing_on_screen(
    chat: Chat, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise Full("store.full")

    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())
    monkeypatch.setattr(store, "extend", full)
    seen: list[Event] = []
    reply = await turn.run(Voice(Answer("read me"), Finish(Ending.FINISHED)).find, seen.extend)
    assert reply.answer == "read me"
    assert reply.fault == sentence("store.full")
    assert seen[0] == Answer("read me")


async def test_the_next_turn_carries_the_earlier_ones_without_reasoning(chat: Chat) -> None:
    thread, _, _ = await say(chat, Voice(Reasoning("secret"), Answer("one"), Finish(Ending.FINISHED)))
    voice = Voice(Answer("two"), Finish(Ending.FINISHED))
    await say(chat, voice, "and then?", thread)
    assert voice.asked is not None
    assert [(turn.role, turn.parts) for turn in voice.asked.turns] == [
        (Role.USER, ("hello",)),
        (Role.ASSISTANT, ("one",)),
        (Role.USER, ("and then?",)),
    ]


async def test_a_second_try_does_not_show_the_model_the_first(chat: Chat, store: Store) -> None:
    thread, old, _ = await say(chat, Voice(Answer("half")))
    turn = await chat.open(thread, PROFILE, Limits(), instead_of=old)
    voice = Voice(Answer("whole"), Finish(Ending.FINISHED))
    new = await turn.run(voice.find, lambda _: None)
    assert voice.asked is not None
    assert [turn.parts for turn in voice.asked.turns] == [("hello",)]
    assert await chat.replace(old, new) is new
    assert (await store.messages(thread))[1:] == (new,)


async def test_a_second_try_that_brings_nothing_costs_nothing(chat: Chat, store: Store) -> None:
    thread, old, _ = await say(chat, Voice(Answer("half")))
    turn = await chat.open(thread, PROFILE, Limits(), instead_of=old)
    new = await turn.run(Voice(error=Unreachable("backend.unreachable")).find, lambda _: None)
    assert await chat.replace(old, new) is old
    assert (await store.messages(thread))[1:] == (old,)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n  What is this?\nmore", "What is this?"),
        ("", "a.png, b.pdf"),
    ],
)
def test_a_conversation_is_named_after_its_first_question(text: str, title: str) -> None:
    attachments = tuple(Attachment(name, Kind.PICTURE, name, Progress.READY) for name in ("a.png", "b.pdf"))
    assert title_of(Draft(text, attachments)) == title
