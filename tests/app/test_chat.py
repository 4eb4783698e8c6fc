import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.chat import FLUSH, Chat, Turn, title_of
from app.errors import Full, Unreachable
from app.fit import Cut
from app.model.attachments import Attachment, Blob, Draft, Kind, Picture, Progress
from app.model.checkups import Checkup, Health
from app.model.events import Answer, Event, Events, Finish, Looping, Reasoning, Steered
from app.model.limits import Limits
from app.model.messages import Ending, Question, Reply, Steering, Usage, Wish
from app.model.profiles import Effort, Profile, Thinking
from app.model.requests import Begun, Request, Role
from app.model.sentences import sentence
from app.ports import Backend
from app.store import Store
from backends.scripted import Scripted

PROFILE = Profile("p", "Local", "vllm", model="glm")
DONE = Finish(Ending.FINISHED)
PAGE = Attachment(
    "a",
    Kind.PICTURE,
    "a.png",
    Progress.READY,
    pictures=(Picture(Blob("aa" * 32, 10, "image/png"), 28, 28),),
)


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

    async def answer_now(self, request: Request) -> bool:
        return False

    async def count(self, request: Request) -> int | None:
        return None

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


async def test_what_is_cut_is_not_sent_and_still_kept(chat: Chat, store: Store) -> None:
    thread, _ = await chat.ask(None, Draft("look", (PAGE,)))
    voice = Voice(Answer("a page"), DONE)
    await (await chat.open(thread, PROFILE, Limits())).run(voice.find, lambda _: None)
    await chat.ask(thread, Draft("and now?"))
    await (await chat.open(thread, PROFILE, Limits(), cut=Cut(pictures=1))).run(voice.find, lambda _: None)
    assert voice.asked is not None
    assert voice.asked.turns[0].parts == ("[a.png, not sent]", "look")
    first = (await store.messages(thread))[0]
    assert isinstance(first, Question)
    assert first.attachments == (PAGE,)


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


async def open_and_run(
    chat: Chat, voice: Backend, show: Callable[[Turn, Events], None]
) -> tuple[int, Turn, Reply]:
    thread, _ = await chat.ask(None, Draft("?", (PAGE,)))
    turn = await chat.open(thread, PROFILE, Limits())

    async def find() -> Backend:
        return voice

    reply = await turn.run(find, lambda events: show(turn, events))
    return thread, turn, reply


def hurry(turn: Turn, events: Events) -> None:
    if any(isinstance(event, Reasoning) for event in events):
        turn.answer_now()


async def test_answer_now_through_the_servers_own_door(chat: Chat, store: Store) -> None:
    voice = Scripted([Reasoning("let me see"), 60.0], at_once=[Answer("Red."), DONE])
    thread, _, reply = await open_and_run(chat, voice, hurry)
    assert (reply.reasoning, reply.answer, reply.ended) == ("let me see", "Red.", Ending.FINISHED)
    assert reply.steering == (Steering.ANSWER_NOW, Steering.REASONING_END)
    assert (await store.messages(thread))[1:] == (reply,)
    assert len(voice.requests) == 1


async def test_answer_now_by_asking_again_is_one_reply_with_its_media(chat: Chat, store: Store) -> None:
    again = Steered(Steering.ASKED_AGAIN)
    voice = Scripted([Reasoning("let me see"), 60.0], [again, Answer("Red."), DONE])
    thread, _, reply = await open_and_run(chat, voice, hurry)
    assert (reply.reasoning, reply.answer, reply.ended) == ("let me see", "Red.", Ending.FINISHED)
    assert reply.steering == (Steering.ANSWER_NOW, Steering.ASKED_AGAIN)
    assert (await store.messages(thread))[1:] == (reply,)
    first, second = voice.requests
    assert second == replace(first, begun=Begun("let me see", ""))
    assert any(isinstance(part, Picture) for part in second.turns[0].parts)


async def test_answer_now_that_fails_loses_no_thought(chat: Chat, store: Store) -> None:
    voice = Scripted([Reasoning("let me see"), 60.0], [Unreachable("backend.nobody", host="x")])
    thread, turn, reply = await open_and_run(chat, voice, hurry)
    assert (reply.reasoning, reply.answer, reply.ended) == ("let me see", "", Ending.BROKEN)
    assert isinstance(turn.error, Unreachable)
    assert (await store.messages(thread))[1:] == (reply,)


async def test_a_reply_that_was_cut_goes_on_as_the_same_one(chat: Chat, store: Store) -> None:
    switched, continued = Steered(Steering.TEMPLATE_SWITCH), Steered(Steering.CONTINUED)
    thread, old, _ = await say(
        chat, Voice(switched, Reasoning("hm"), Answer("The quick "), Usage(9, 3, 1), Finish(Ending.CUT))
    )
    turn = await chat.open(thread, PROFILE, Limits(), continuing=old)
    assert turn.so_far().answer == "The quick "
    voice = Voice(switched, continued, Answer("fox."), Usage(12, 1), DONE)
    reply = await turn.run(voice.find, lambda _: None)
    assert voice.asked is not None
    assert [turn.parts for turn in voice.asked.turns] == [("hello",)]
    assert voice.asked.begun == Begun("hm", "The quick ")
    assert (reply.id, reply.reasoning, reply.answer) == (old.id, "hm", "The quick fox.")
    assert (reply.ended, reply.fault, reply.thought) == (Ending.FINISHED, None, old.thought)
    assert reply.usage == Usage(21, 4, 1)
    assert reply.steering == (Steering.TEMPLATE_SWITCH, Steering.CONTINUED)
    assert (await store.messages(thread))[1:] == (reply,)
    assert await store.search("quick fox")


async def test_a_continuation_that_fails_costs_nothing(chat: Chat, store: Store) -> None:
    thread, old, _ = await say(chat, Voice(Reasoning("hm"), Answer("half"), Usage(3, 4), Finish(Ending.CUT)))
    turn = await chat.open(thread, PROFILE, Limits(), continuing=old)
    reply = await turn.run(Voice(error=Unreachable("backend.nobody", host="x")).find, lambda _: None)
    assert (reply.id, reply.reasoning, reply.answer) == (old.id, "hm", "half")
    assert (reply.ended, reply.usage, reply.thought) == (Ending.BROKEN, old.usage, old.thought)
    assert (await store.messages(thread))[1:] == (reply,)


async def test_a_reply_that_brought_nothing_goes_on_from_the_start(chat: Chat) -> None:
    thread, old, _ = await say(chat, Voice(error=Unreachable("backend.nobody", host="x")))
    turn = await chat.open(thread, PROFILE, Limits(), continuing=old)
    voice = Voice(Answer("Here."), DONE)
    reply = await turn.run(voice.find, lambda _: None)
    assert voice.asked is not None
    assert voice.asked.begun is None
    assert (reply.id, reply.answer, reply.ended) == (old.id, "Here.", Ending.FINISHED)


async def test_a_reply_says_what_was_asked_of_its_thinking(chat: Chat, store: Store) -> None:
    told = replace(PROFILE, thinking=Thinking.ON, budget=512, effort=Effort.HIGH)
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, told, Limits())
    (kept,) = (await store.messages(thread))[1:]
    assert isinstance(kept, Reply)
    assert kept.wish == Wish(Thinking.ON, 512, Effort.HIGH)  # before anything was said
    old = await turn.run(Voice(error=Unreachable("backend.nobody", host="x")).find, lambda _: None)
    # It has brought nothing, so that it is asked anew.
    silent = replace(PROFILE, thinking=Thinking.OFF)
    turn = await chat.open(thread, silent, Limits(), continuing=old)
    old = await turn.run(Voice(Answer("half"), Finish(Ending.CUT)).find, lambda _: None)
    assert old.wish == Wish(Thinking.OFF)
    # It has brought something, which was asked for as it was.
    turn = await chat.open(thread, told, Limits(), continuing=old)
    reply = await turn.run(Voice(Answer(" of it"), DONE).find, lambda _: None)
    assert (reply.answer, reply.wish) == ("half of it", Wish(Thinking.OFF))
    assert (await store.messages(thread))[1:] == (reply,)


async def test_a_reply_that_only_thought_goes_on_with_its_answer(chat: Chat) -> None:
    thread, old, _ = await say(chat, Voice(Reasoning("hm"), Finish(Ending.CUT)))
    turn = await chat.open(thread, PROFILE, Limits(), continuing=old)
    voice = Voice(Answer("Red."), DONE)
    reply = await turn.run(voice.find, lambda _: None)
    assert voice.asked is not None
    assert voice.asked.begun == Begun("hm", "")
    assert (reply.reasoning, reply.answer) == ("hm", "Red.")


async def test_an_app_that_dies_while_a_reply_goes_on_leaves_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite"
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(path, executor)
        chat = Chat(store)
        thread, old, _ = await say(
            chat, Voice(Reasoning("hm"), Answer("The quick "), Usage(1, 2), Finish(Ending.CUT))
        )
        await chat.open(thread, PROFILE, Limits(), continuing=old)
        await store.extend(old.id, [Answer("brown ")])
        await store.close()
        store = await Store.open(path, executor)
        (kept,) = (await store.messages(thread))[1:]
        found = await store.search("quick brown")
        await store.close()
    assert isinstance(kept, Reply)
    assert (kept.reasoning, kept.answer, kept.ended) == ("hm", "The quick brown ", Ending.BROKEN)
    assert (kept.usage, kept.thought) == (old.usage, old.thought)
    assert [each.id for each in found] == [thread]


async def test_a_circle_is_shown_once_and_can_be_asked_for(chat: Chat) -> None:
    words = "The first bar stands for March, the second for April and the third one for May. "
    voice = Voice(*[Reasoning(words)] * 60, Answer("May."), DONE)
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())
    seen: list[Event] = []
    circling: list[Looping | None] = []

    def show(events: Events) -> None:
        seen.extend(events)
        circling.append(turn.circling)

    reply = await turn.run(voice.find, show)
    assert [one for one in seen if isinstance(one, Looping)] == [
        Looping(answer=False),
        Looping(answer=False, over=True),
    ]
    assert Looping(answer=False) in circling
    assert turn.circling is None
    assert reply.ended is Ending.FINISHED


async def test_what_has_steered_it_so_far_can_be_asked_for(chat: Chat) -> None:
    voice = Voice(Steered(Steering.REASONING_END), Answer("a"), DONE)
    thread, _ = await chat.ask(None, Draft("?"))
    turn = await chat.open(thread, PROFILE, Limits())
    await turn.run(voice.find, lambda _: None)
    assert turn.so_far().steering == (Steering.REASONING_END,)
