"""Before a question leaves for a hosted server its pictures are looked through here, and the user is asked."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMessageBox

from app.blobs import BlobStore
from app.errors import Unreadable
from app.intake import Intake
from app.model.attachments import Attachment, Draft, Kind, Picture, Progress
from app.model.messages import Ending, Question, Reply
from app.model.profiles import Profile
from app.model.screens import Box, Line
from app.suspicion import LOOK_LIMIT
from app.workers import Workers
from capture.encode import png
from tests.waiting import until
from ui.journeys.drafting import Drafting
from ui.journeys.guarding import Guarding
from ui.journeys.marking import Marking
from ui.secrets_review import SecretsReview, Verdict
from ui.tasks import Tasks
from ui.thumbnails import decode
from ui.window import Window

HOSTED = Profile("h", "Hosted", "openai", "https://api.example.com/v1")
LOCAL = replace(HOSTED, base_url="http://127.0.0.1:8000/v1")
SECRET = Line("password = letmein", Box(10, 20, 180, 20))
HARMLESS = Line("hello", Box(10, 20, 50, 20))


class NoStore:
    """A store that keeps nothing."""

    async def save_draft(self, _: int | None, draft: Draft) -> None:
        pass


class NoHistory:
    """A history of captures that remembers none."""

    async def hide(self, old: Attachment, new: Attachment) -> None:
        pass


@dataclass
class Eyes:
    """A reader that finds what it is told to, and can be made to wait or fail."""

    lines: dict[str, Line] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fault: Exception | None = None

    async def read(
        self, pictures: Sequence[Picture]
    ) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        self.opened.set()
        for picture in pictures:
            await self.gate.wait()
            if self.fault is not None:
                raise self.fault
            self.seen.append(picture.blob.digest)
            yield picture, (self.lines.get(picture.blob.digest, HARMLESS),)


@dataclass
class House:
    """The rooms of a test."""

    window: Window
    drafting: Drafting
    guarding: Guarding
    blobs: BlobStore
    eyes: Eyes
    profile: list[Profile]
    stopped: list[bool]
    make_png: Callable[..., bytes]

    def attach(self, name: str, colour: str, line: Line = HARMLESS, **more: Any) -> Attachment:
        blob = self.blobs.keep(self.make_png(300, 100, colour), "image/png")
        self.eyes.lines[blob.digest] = line
        picture = Picture(blob, 300, 100)
        made = Attachment(name, Kind.PICTURE, f"{name}.png", Progress.READY, blob, (picture,))
        made = replace(made, **more)
        self.drafting.put(None, made)
        return made

    def ask(self, profile: Profile = HOSTED) -> asyncio.Task[Draft | None]:
        draft = self.window.composer.draft()
        return asyncio.ensure_future(self.guarding.clear(draft, profile, lambda: bool(self.stopped)))

    async def review(self) -> SecretsReview:
        found: SecretsReview = await self.shown(SecretsReview)
        return found

    async def shown(self, kind: type[Any]) -> Any:
        return await until(
            lambda: next((one for one in self.window.findChildren(kind) if one.isVisible()), None)
        )


@pytest.fixture
async def house(make_stage: Any, tmp_path: Path, make_png: Any) -> AsyncIterator[House]:
    blobs, workers = BlobStore(tmp_path / "blobs"), Workers()
    stage = make_stage(blobs.read)
    tasks = Tasks(lambda _: None)
    drafting = Drafting(stage.composer, stage.shelf, NoStore(), tasks)  # type: ignore[arg-type] # all it asks
    drafting.begin(Draft("what is this?"))
    marking = Marking(drafting, Intake(blobs, workers), blobs, workers, tasks, png, NoHistory())  # type: ignore[arg-type] # all it asks
    eyes, profile = Eyes(), [LOCAL]
    eyes.gate.set()
    guarding = Guarding(stage, drafting, marking, lambda: eyes, lambda: profile[0], blobs, workers, tasks)
    yield House(stage.window, drafting, guarding, blobs, eyes, profile, [], make_png)
    await tasks.finish()
    workers.close()


async def test_what_stays_in_the_house_is_not_looked_at(house: House) -> None:
    house.attach("a", "red", SECRET)
    draft = house.window.composer.draft()
    assert await house.ask(LOCAL) == draft
    assert await house.ask(replace(HOSTED, careful=False)) == draft
    assert house.eyes.seen == []


async def test_texts_are_searched_beside_the_window_and_not_in_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def searched(text: str) -> tuple[tuple[str, ...], ...]:
        threads.add(threading.get_ident())
        return ()

    monkeypatch.setattr("app.secrets.spans", searched)
    house.profile[0] = HOSTED
    house.attach("a", "red", text="a page of words")
    assert await house.ask() is not None
    assert threads
    assert threading.get_ident() not in threads


async def test_nothing_found_just_sends(house: House) -> None:
    house.attach("a", "red")
    assert await house.ask() == house.window.composer.draft()
    assert len(house.eyes.seen) == 1
    assert house.window.findChildren(SecretsReview) == []


async def test_words_alone_wait_for_nothing(house: House) -> None:
    house.eyes.gate.clear()
    assert await asyncio.wait_for(house.ask(), 5) == Draft("what is this?")


async def test_hide_and_send_sends_what_is_shown(house: House) -> None:
    before = house.attach("a", "white", SECRET)
    trip = house.ask()
    review = await house.review()
    shown = review.marks()["a"][0]
    review._buttons[Verdict.HIDE].click()
    draft = await trip
    assert draft is not None
    (sent,) = draft.attachments
    assert sent == house.drafting.find(None, "a")
    image = decode(house.blobs.read(sent.pictures[0].blob), QSize(999, 999))
    left, top, width, height = shown[0].covered(300, 100)
    assert left <= 120
    assert {image.pixel(x, y) for x in range(left, left + width) for y in range(top, top + height)} == {
        0xFF000000
    }
    assert image.pixelColor(20, 30).name() == "#ffffff", "the word password is no secret"
    assert before.source not in (sent.source, sent.pictures[0].blob)


async def test_a_mark_that_is_removed_is_not_hidden(house: House, qtbot: Any) -> None:
    before = house.attach("a", "white", SECRET)
    trip = house.ask()
    review = await house.review()
    canvas = review._editor.canvas()
    qtbot.waitUntil(lambda: len(canvas.marks()) == 1)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    review._buttons[Verdict.HIDE].click()
    assert await trip == Draft("what is this?", (before,))


async def test_send_as_it_is_asks_once(house: House) -> None:
    before = house.attach("a", "white", SECRET)
    trip = house.ask()
    (await house.review())._buttons[Verdict.AS_IT_IS].click()
    assert await trip == Draft("what is this?", (before,))
    assert await asyncio.wait_for(house.ask(), 5) == Draft("what is this?", (before,))


@pytest.mark.parametrize("way", ["button", "escape", "close"])
async def test_back_keeps_everything(house: House, qtbot: Any, way: str) -> None:
    before = house.attach("a", "white", SECRET)
    trip = house.ask()
    review = await house.review()
    if way == "button":
        review._buttons[Verdict.BACK].click()
    elif way == "escape":
        qtbot.keyClick(review, Qt.Key.Key_Escape)
    else:
        review.close()
    assert await trip is None
    assert house.window.composer.draft() == Draft("what is this?", (before,))


async def test_enter_hides_and_sends(house: House, qtbot: Any) -> None:
    house.attach("a", "white", SECRET)
    trip = house.ask()
    review = await house.review()
    qtbot.keyClick(review, Qt.Key.Key_Return)
    draft = await trip
    assert draft is not None
    assert draft.attachments[0].source == draft.attachments[0].pictures[0].blob


async def test_several_pictures_are_gone_through_and_keep_their_marks(house: House, qtbot: Any) -> None:
    house.attach("a", "white", SECRET)
    house.attach("b", "grey", SECRET)
    house.attach("c", "blue")
    trip = house.ask()
    review = await house.review()
    canvas = review._editor.canvas()
    assert not review._left.isEnabled()
    qtbot.waitUntil(lambda: len(canvas.marks()) == 1)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    review._right.click()
    qtbot.waitUntil(lambda: len(canvas.marks()) == 1)
    review._left.click()
    qtbot.waitUntil(lambda: not review._image.isNull())
    assert canvas.marks() == ()
    assert list(review.marks()) == ["b"]
    review.close()
    await trip


async def test_a_reader_that_fails_is_told_and_asked_about(house: House) -> None:
    house.attach("a", "white", SECRET)
    house.eyes.fault = Unreadable("worker.late")
    for button, sent in ((0, True), (1, False)):
        trip = house.ask()
        box = await house.shown(QMessageBox)
        assert "could not look" in box.text()
        box.buttons()[button].click()
        assert (await trip is not None) == sent
    assert len(house.window.composer.draft().attachments) == 1


async def test_what_is_taken_out_or_marked_while_it_is_looked_at_counts(house: House) -> None:
    house.attach("a", "white", SECRET)
    kept = house.attach("b", "blue")
    house.eyes.gate.clear()
    trip = house.ask()
    await until(house.eyes.opened.is_set)
    house.window.composer.take_out("a")
    house.eyes.gate.set()
    assert await asyncio.wait_for(trip, 5) == Draft("what is this?", (kept,))


async def test_stop_ends_it_and_keeps_the_draft(house: House) -> None:
    house.attach("a", "white", SECRET)
    house.eyes.gate.clear()
    trip = house.ask()
    await until(house.eyes.opened.is_set)
    house.stopped.append(True)
    house.eyes.gate.set()
    assert await asyncio.wait_for(trip, 5) is None
    assert house.window.findChildren(SecretsReview) == []
    assert len(house.window.composer.draft().attachments) == 1


async def test_it_reads_ahead_while_the_question_is_written(house: House) -> None:
    house.profile[0] = HOSTED
    made = house.attach("a", "white", SECRET)
    await until(lambda: house.eyes.seen)
    assert house.eyes.seen == [made.pictures[0].blob.digest]
    trip = house.ask()
    (await house.review()).close()
    await trip
    assert len(house.eyes.seen) == 1, "and not again"


async def test_a_question_does_not_wait_for_what_is_no_longer_attached(house: House) -> None:
    house.profile[0] = HOSTED
    house.eyes.gate.clear()
    house.attach("a", "white", SECRET)
    await until(house.eyes.opened.is_set)
    house.window.composer.take_out("a")
    assert await asyncio.wait_for(house.ask(), 5) == Draft("what is this?")
    house.eyes.gate.set()


async def test_of_too_many_it_says_how_many_were_not_looked_at(house: House) -> None:
    one = house.attach("a", "white")
    stills = tuple(replace(one.pictures[0], seconds=float(at)) for at in range(LOOK_LIMIT + 2))
    house.drafting.put(None, replace(one, kind=Kind.CLIP, pictures=stills))
    trip = house.ask()
    review = await house.review()
    assert "2 of 42 pictures were not looked at" in review._told.text()
    assert review._buttons[Verdict.HIDE].isHidden()
    review._buttons[Verdict.AS_IT_IS].click()
    assert await trip is not None


async def test_secrets_in_a_text_are_masked(house: House) -> None:
    house.attach("a", "white", text="password = letmein", pictures=())
    trip = house.ask()
    review = await house.review()
    assert "a.png" in review._told.text()
    review._buttons[Verdict.HIDE].click()
    draft = await trip
    assert draft is not None
    assert draft.attachments[0].text == "password = ███████"


async def test_what_could_not_be_hidden_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.attach("a", "white", SECRET)
    trip = house.ask()
    review = await house.review()

    def fail(*_: object) -> None:
        raise Unreadable("document.damaged")

    monkeypatch.setattr(house.blobs, "keep", fail)
    review._buttons[Verdict.HIDE].click()
    assert await trip is None
    (left,) = house.window.composer.draft().attachments
    assert left.progress is Progress.FAILED


async def test_what_was_asked_of_another_model_is_looked_through_before_it_is_sent_again(
    house: House,
) -> None:
    one = house.attach("a", "white", SECRET)
    asked = datetime.fromtimestamp(0, UTC)
    question = Question(1, "what is this?", (one,), asked)
    of_another = Reply(2, "", "a page", Ending.FINISHED, asked, "Local")
    for button, allowed in ((1, False), (0, True)):
        trip = asyncio.ensure_future(house.guarding.may_resend((question, of_another), HOSTED, lambda: False))
        box = await house.shown(QMessageBox)
        assert "password" in box.text()
        box.buttons()[button].click()
        assert await trip is allowed
    assert await house.guarding.may_resend((question, of_another), HOSTED, lambda: False), "and asked once"


async def test_what_this_model_has_seen_already_is_not_asked_about_again(house: House) -> None:
    one = house.attach("a", "white", SECRET)
    asked = datetime.fromtimestamp(0, UTC)
    seen = (Question(1, "?", (one,), asked), Reply(2, "", "x", Ending.FINISHED, asked, HOSTED.name))
    assert await house.guarding.may_resend(seen, HOSTED, lambda: False)
    assert await house.guarding.may_resend(seen[:1], LOCAL, lambda: False)
    assert house.eyes.seen == []
