import asyncio
import itertools
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import conversations, rows
from app.database import open_database, transaction
from app.errors import StoreError
from app.model.attachments import Attachment, Blob, Draft, Kind, Picture, Progress
from app.model.events import Answer, Reasoning
from app.model.messages import Ending, Question, Reply, Usage
from app.model.sentences import sentence
from app.store import Store

ROOT = Path(__file__).parents[2]
PICTURE = Attachment(
    "1", Kind.PICTURE, "发票.png", Progress.READY, pictures=(Picture(Blob("a" * 64, 9, "image/png"), 3, 4),)
)


async def reopened(store: Store, history: Path, executor: ThreadPoolExecutor) -> Store:
    await store.close()
    return await Store.open(history, executor)


def tamper(history: Path, statement: str, *values: object) -> None:
    """Change the file as a stranger would."""
    db = sqlite3.connect(history)
    with db:
        db.execute(statement, values)
    db.close()


@pytest.fixture
async def thread(store: Store) -> int:
    return (await store.create_thread("First")).id


async def test_a_conversation_comes_back_as_it_was(
    store: Store, history: Path, executor: ThreadPoolExecutor
) -> None:
    thread = await store.create_thread("Bills")
    question = await store.append_question(thread.id, Draft("How much?", (PICTURE,)))
    opened = await store.open_reply(thread.id, profile="p", model="m")
    assert (opened.ended, opened.answer) == (Ending.WRITING, "")
    await store.extend(opened.id, [Reasoning("let "), Reasoning("me see"), Answer("7")])
    await store.extend(opened.id, [Answer(" €")])
    usage = Usage(10, 5, reasoning=3)
    reply = await store.close_reply(
        replace(opened, ended=Ending.FINISHED, thought=1.5, fault=None, usage=usage)
    )
    assert reply == Reply(
        opened.id, "let me see", "7 €", Ending.FINISHED, opened.begun, "p", "m", 1.5, None, usage
    )

    store = await reopened(store, history, executor)
    assert await store.messages(thread.id) == (question, reply)
    assert [found.id for found in await store.threads()] == [thread.id]
    await store.close()


async def test_a_conversation_begins_with_its_first_question(store: Store) -> None:
    other = await store.create_thread("Other")
    await store.save_draft(None, Draft("How much?"))
    await store.save_draft(other.id, Draft("later"))
    thread, question = await store.begin_thread("Bills", Draft("How much?", (PICTURE,)))
    assert (thread.title, question.text) == ("Bills", "How much?")
    assert (await store.threads())[0] == thread
    assert await store.messages(thread.id) == (question,)
    assert await store.draft(None) == Draft()
    assert await store.draft(other.id) == Draft("later")


async def test_a_conversation_whose_question_cannot_be_kept_is_not_begun(
    store: Store, history: Path, executor: ThreadPoolExecutor
) -> None:
    await store.save_draft(None, Draft("unsent"))
    await store.close()
    tamper(history, "CREATE TRIGGER t BEFORE INSERT ON message BEGIN SELECT raise(ABORT, 'no'); END")
    store = await Store.open(history, executor)
    with pytest.raises(StoreError):
        await store.begin_thread("Bills", Draft("unsent"))
    assert await store.threads() == ()
    assert await store.draft(None) == Draft("unsent")
    await store.close()


async def test_a_file_is_fresh_until_a_conversation_was_begun_in_it(
    store: Store, history: Path, executor: ThreadPoolExecutor
) -> None:
    assert store.fresh
    await store.save_draft(None, Draft("unsent"))
    store = await reopened(store, history, executor)
    assert store.fresh
    thread, _ = await store.begin_thread("First", Draft("hello"))
    await store.delete_thread(thread.id)
    assert store.fresh  # it was when it was opened
    store = await reopened(store, history, executor)
    assert await store.threads() == ()
    assert not store.fresh
    await store.close()


async def test_an_empty_file_is_fresh(history: Path, executor: ThreadPoolExecutor) -> None:
    history.parent.mkdir()
    history.touch()
    store = await Store.open(history, executor)
    assert store.fresh
    await store.close()


async def test_the_reply_being_written_is_read_as_far_as_it_is_kept(store: Store, thread: int) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Reasoning("a"), Answer("b")])
    (found,) = await store.messages(thread)
    assert isinstance(found, Reply)
    assert (found.reasoning, found.answer, found.ended) == ("a", "b", Ending.WRITING)


async def test_a_reply_left_writing_comes_back_broken_with_its_text(
    store: Store, thread: int, history: Path, executor: ThreadPoolExecutor
) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Answer("half an ans")])
    store = await reopened(store, history, executor)
    (found,) = await store.messages(thread)
    assert isinstance(found, Reply)
    assert (found.answer, found.ended, found.fault) == (
        "half an ans",
        Ending.BROKEN,
        sentence("store.broken_off"),
    )
    assert len(await store.search("half")) == 1
    await store.close()


async def test_a_reply_that_ended_takes_no_more(store: Store, thread: int) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    await store.close_reply(replace(reply, ended=Ending.STOPPED))
    with pytest.raises(StoreError):
        await store.extend(reply.id, [Answer("late")])
    with pytest.raises(StoreError):
        await store.close_reply(replace(reply, ended=Ending.FINISHED))


async def test_a_reply_can_be_dropped_and_a_question_cannot(store: Store, thread: int) -> None:
    question = await store.append_question(thread, Draft("keep me"))
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Answer("unlucky")])
    await store.close_reply(replace(reply, ended=Ending.BROKEN))
    await store.drop_reply(reply.id)
    with pytest.raises(StoreError):
        await store.drop_reply(question.id)
    assert await store.messages(thread) == (question,)
    assert await store.search("unlucky") == ()
    assert len(await store.search("keep")) == 1


async def test_the_conversation_asked_in_last_is_first_whatever_the_clock_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = itertools.count(10**15, -1)
    monkeypatch.setattr(conversations, "now", lambda: next(times))
    one, two = await store.create_thread("1"), await store.create_thread("2")
    assert [thread.id for thread in await store.threads()] == [two.id, one.id]
    await store.append_question(one.id, Draft("b"))
    await store.append_question(one.id, Draft("a"))
    assert [thread.id for thread in await store.threads()] == [one.id, two.id]
    assert [message.text for message in await store.messages(one.id) if isinstance(message, Question)] == [
        "b",
        "a",
    ]


async def test_times_are_kept_to_the_microsecond_and_in_utc(store: Store, thread: int) -> None:
    question = await store.append_question(thread, Draft("when?"))
    assert abs(question.asked - datetime.now(UTC)) < timedelta(minutes=1)
    assert (await store.messages(thread))[0] == question


async def test_a_deleted_conversation_can_be_brought_back(store: Store, thread: int) -> None:
    await store.append_question(thread, Draft("hello"))
    await store.delete_thread(thread)
    assert await store.threads() == ()
    assert await store.search("hello") == ()
    with pytest.raises(StoreError):
        await store.append_question(thread, Draft("again"))
    await store.restore_thread(thread)
    assert [found.id for found in await store.threads()] == [thread]
    assert len(await store.search("hello")) == 1


async def test_what_was_deleted_is_gone_from_the_file_after_the_next_start(
    store: Store, thread: int, history: Path, executor: ThreadPoolExecutor
) -> None:
    other = await store.create_thread("Other")
    await store.append_question(other.id, Draft("ordinary words"))
    await store.append_question(thread, Draft("zanzibar"))
    await store.delete_thread(thread)
    store = await reopened(store, history, executor)
    with pytest.raises(StoreError):
        await store.restore_thread(thread)
    assert len(await store.search("ordinary")) == 1
    await store.close()
    assert b"zanzibar" not in history.read_bytes()


async def test_the_number_of_a_deleted_conversation_is_not_given_again(
    store: Store, thread: int, history: Path, executor: ThreadPoolExecutor
) -> None:
    await store.delete_thread(thread)
    store = await reopened(store, history, executor)
    assert (await store.create_thread("New")).id != thread
    await store.close()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("two\nlines\tand \x07bell", "two lines and bell"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 200, "x" * 79 + "…"),
        ("  字" * 3, "字 字 字"),
        ("half \ud83d", "half ?"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
    ],
)
async def test_a_title_is_one_plain_line(store: Store, given: str, kept: str) -> None:
    thread = await store.create_thread("")
    await store.rename_thread(thread.id, given)
    assert (await store.create_thread(given)).title == kept
    assert [found.title for found in await store.threads()] == [kept, kept]


async def test_drafts_are_kept_for_each_conversation_and_for_the_next(
    store: Store, thread: int, history: Path, executor: ThreadPoolExecutor
) -> None:
    assert await store.draft(None) == Draft()
    await store.save_draft(None, Draft("old"))
    await store.save_draft(None, Draft("new"))
    await store.save_draft(thread, Draft("more", (PICTURE,)))
    store = await reopened(store, history, executor)
    assert await store.draft(None) == Draft("new")
    assert await store.draft(thread) == Draft("more", (PICTURE,))
    await store.append_question(thread, Draft("more", (PICTURE,)))
    assert await store.draft(thread) == Draft()
    await store.save_draft(None, Draft())
    assert await store.draft(None) == Draft()
    await store.close()


async def test_a_draft_needs_a_conversation(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.save_draft(99, Draft("lost"))


@pytest.mark.parametrize(
    "words", ["流畅", "界面", "流", "glim", "GLIMPSE", "很流畅 smooth", "发票", "Ｇlimpse", "naïve", "naive"]
)
async def test_words_of_any_length_and_language_are_found(store: Store, thread: int, words: str) -> None:
    await store.append_question(thread, Draft("Glimpse 的界面很流畅, very smooth, naïve", (PICTURE,)))
    assert [found.id for found in await store.search(words)] == [thread]


@pytest.mark.parametrize("words", ["畅流", "面流", "smooth rough", "", '"', "流畅*", "thinking"])
async def test_what_is_not_there_is_not_found(store: Store, thread: int, words: str) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Reasoning("thinking"), Answer("界面很流不畅, smooth")])
    await store.close_reply(replace(reply, ended=Ending.FINISHED))
    assert await store.search(words) == ()


async def test_an_answer_is_found_once_it_is_whole_and_a_title_always(store: Store, thread: int) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Answer("elephants")])
    assert await store.search("elephants") == ()
    await store.close_reply(replace(reply, ended=Ending.FINISHED))
    assert [found.id for found in await store.search("elephants")] == [thread]
    assert [found.id for found in await store.search("firs")] == [thread]


async def test_a_conversation_is_found_once_however_often_it_has_the_words(store: Store, thread: int) -> None:
    other = await store.create_thread("apple tree")
    await store.append_question(thread, Draft("an apple a day"))
    await store.append_question(thread, Draft("apple pie"))
    assert [found.id for found in await store.search("apple")] == [thread, other.id]
    assert [found.id for found in await store.search("apple", limit=1)] == [thread]


async def test_half_a_character_from_a_server_or_a_file_name_does_not_stop_the_store(
    store: Store, thread: int
) -> None:
    name = Path("caf\udce9.png").name
    await store.append_question(thread, Draft("\ud83d?", (Attachment("1", Kind.PICTURE, name),)))
    reply = await store.open_reply(thread, profile="", model="\udfff")
    await store.extend(reply.id, [Answer("\ud83d"), Answer("\x00 fine")])
    await store.close_reply(replace(reply, ended=Ending.FINISHED, fault=sentence("a.b", name="\udce9")))
    question, closed = await store.messages(thread)
    assert isinstance(question, Question)
    assert question.attachments[0].name == "caf?.png"
    assert isinstance(closed, Reply)
    assert closed.answer == "?\x00 fine"


async def test_the_digests_of_everything_stored_are_known(store: Store, thread: int) -> None:
    def drawn(digit: str) -> Draft:
        return Draft("", (Attachment("1", Kind.CLIP, "", source=Blob(digit * 64, 1, "")),))

    await store.append_question(thread, drawn("b"))
    await store.save_draft(None, drawn("c"))
    await store.delete_thread(thread)
    assert await store.digests() == {"b" * 64, "c" * 64}


GARBAGE = ("", "{", "null", "[1]", '{"key": 1}', "[" * 100_000, "x" * 10, b"\xff\xfe", 7)


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_damaged_row_is_shown_as_such_in_its_place(
    store: Store,
    thread: int,
    history: Path,
    executor: ThreadPoolExecutor,
    garbage: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await store.append_question(thread, Draft("before", (PICTURE,)))
    reply = await store.open_reply(thread, profile="", model="")
    await store.extend(reply.id, [Answer("after")])
    await store.close_reply(replace(reply, ended=Ending.FINISHED))
    await store.save_draft(None, Draft("unsent"))
    await store.close()
    tamper(history, "UPDATE message SET attachments = ?, fault = ?, usage = ?, ended = ?", *[garbage] * 4)
    tamper(history, "UPDATE message SET steering = ?, wish = ?", *[garbage] * 2)
    tamper(history, "UPDATE message SET thought = 'long', profile = x'00ff', made = 'noon'")
    tamper(history, "UPDATE draft SET body = ?", garbage)
    tamper(history, "UPDATE thread SET created = 9223372036854775807")
    store = await Store.open(history, executor)
    question, broken = await store.messages(thread)
    assert isinstance(question, Question)
    assert question.text == "before"
    assert [(item.progress, item.fault) for item in question.attachments] == [
        (Progress.FAILED, rows.ROW_DAMAGED)
    ]
    assert isinstance(broken, Reply)
    assert (broken.answer, broken.ended, broken.fault) == ("after", Ending.BROKEN, rows.ROW_DAMAGED)
    assert await store.draft(None) == Draft()
    assert len(await store.threads()) == 1
    assert "damaged" in caplog.text
    await store.close()


async def test_a_damaged_index_is_made_anew(
    store: Store, thread: int, history: Path, executor: ThreadPoolExecutor
) -> None:
    await store.append_question(thread, Draft("needle"))
    await store.close()
    tamper(history, "UPDATE words_data SET block = x'00ff00ff00ff'")
    store = await Store.open(history, executor)
    await store.append_question(thread, Draft("haystack"))
    assert len(await store.search("needle")) == 1
    assert len(await store.search("haystack")) == 1
    await store.close()


async def test_what_was_asked_is_written_even_if_the_asker_is_cancelled(
    store: Store, thread: int, executor: ThreadPoolExecutor
) -> None:
    gate = asyncio.get_running_loop().create_future()
    executor.submit(lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), gate.get_loop()).result())
    asking = asyncio.create_task(store.append_question(thread, Draft("still said")))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (question,) = await store.messages(thread)
    assert isinstance(question, Question)
    assert question.text == "still said"


async def test_all_of_a_batch_is_kept_or_none_of_it(
    store: Store, thread: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = await store.open_reply(thread, profile="", model="")
    monkeypatch.delitem(rows.KINDS, Answer)
    with pytest.raises(KeyError):
        await store.extend(reply.id, [Reasoning("one"), Answer("two")])
    monkeypatch.undo()
    await store.extend(reply.id, [Reasoning("one"), Answer("two")])
    closed = await store.close_reply(replace(reply, ended=Ending.FINISHED))
    assert (closed.reasoning, closed.answer) == ("one", "two")


async def test_ten_thousand_messages_open(history: Path, executor: ThreadPoolExecutor) -> None:
    db = open_database(history)
    with transaction(db):
        thread = conversations.create_thread(db, "long").id
        for number in range(5_000):
            conversations.append_question(db, thread, Draft(f"question {number} 问题", (PICTURE,)))
            reply = conversations.open_reply(db, thread, "", "")
            conversations.extend(db, reply.id, [Answer("an answer " * 40)])
            conversations.close_reply(db, replace(reply, ended=Ending.FINISHED))
    db.close()
    store = await Store.open(history, executor)
    messages = await store.messages(thread)
    assert len(messages) == 10_000
    assert isinstance(messages[-2], Question)
    assert messages[-2].text.startswith("question 4999")
    assert [found.id for found in await store.search("4999")] == [thread]
    await store.close()


WRITER = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.model.attachments import Draft
from app.model.events import Answer
from app.store import Store

async def main():
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(Path(sys.argv[1]), executor)
        thread = await store.create_thread("t")
        await store.append_question(thread.id, Draft("q"))
        reply = await store.open_reply(thread.id, profile="", model="")
        print(thread.id, flush=True)
        number = 0
        while True:
            await store.extend(reply.id, [Answer(f"{number} ")])
            print(number, flush=True)
            number += 1

asyncio.run(main())
"""


async def test_kill_nine_takes_nothing_that_was_acknowledged(
    history: Path, executor: ThreadPoolExecutor
) -> None:
    for patience in range(1, 200, 20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(history)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        ) as writer:
            assert writer.stdout is not None
            thread = int(writer.stdout.readline())
            for _ in range(patience):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
            acknowledged = [line for line in writer.stdout.read().splitlines() if line]
        store = await Store.open(history, executor)
        question, reply = await store.messages(thread)
        assert isinstance(question, Question)
        assert isinstance(reply, Reply)
        assert reply.ended == Ending.BROKEN
        numbers = [int(word) for word in reply.answer.split()]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= patience + len(acknowledged)
        await store.close()


@pytest.fixture
async def other_process(history: Path) -> AsyncIterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(history)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as writer:
        assert writer.stdout is not None
        yield int(writer.stdout.readline())
        writer.kill()


async def test_a_second_process_is_turned_away(
    history: Path, executor: ThreadPoolExecutor, other_process: int
) -> None:
    with pytest.raises(StoreError) as caught:
        await Store.open(history, executor)
    assert caught.value.sentence == sentence("store.in_use")


def test_it_runs_on_the_window_s_loop_too(history: Path) -> None:
    code = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import qasync
from PySide6.QtWidgets import QApplication
from app.model.attachments import Draft
from app.store import Store

async def main():
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(Path(sys.argv[1]), executor)
        thread = await store.create_thread("t")
        await store.append_question(thread.id, Draft("q"))
        print(len(await store.messages(thread.id)))
        await store.close()

app = QApplication([])
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(history)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) == 1
