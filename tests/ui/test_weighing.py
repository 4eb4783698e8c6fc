"""What stands in the way of a question is said once, by the one who weighs it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.budget import words_tokens
from app.fit import NOTHING, Cut
from app.model.attachments import Attachment, Draft, Kind, Progress
from app.model.limits import Limits
from app.model.messages import Ending, Message, Question, Reply
from app.model.profiles import Profile
from app.model.requests import Request
from app.model.sentences import Sentence
from app.plan import asked, load_of, request_for
from ui.composer import Composer
from ui.journeys.weighing import Weighing
from ui.question_edit import QuestionEdit
from ui.shelf import Shelf

PROFILE = Profile("lab", "Lab", "vllm")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG = "word " * 4000


class Voices:
    """Knows the limits that a test gives it, and counts as the test says."""

    def __init__(self) -> None:
        self.known = Limits(context=32_768)
        self.counted: int | None = None
        self.asked: list[Request] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def limits(self, profile: Profile) -> Limits:
        return self.known

    async def count(self, profile: Profile, request: Request) -> int | None:
        self.asked.append(request)
        self.meanwhile()
        return self.counted


@pytest.fixture
def voices() -> Voices:
    return Voices()


@pytest.fixture
def composer(qtbot: Any, light: QApplication) -> Composer:
    made = Composer()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def document(album: Any) -> Attachment:
    return Attachment("a", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=album.pages(3), total=3)


@pytest.fixture(autouse=True)
def weighing(composer: Composer, album: Any, voices: Voices) -> Weighing:
    made = Weighing(composer, Shelf(composer, album.load), voices, lambda: PROFILE)  # type: ignore[arg-type] # all it asks
    made.remember(())
    return made


@pytest.fixture
def talk(album: Any) -> tuple[Message, ...]:
    """Two questions about three pages each, answered."""

    def pages(name: str) -> Attachment:
        return Attachment(name, Kind.DOCUMENT, name, Progress.READY, pictures=album.pages(3), total=3)

    return (
        Question(1, "one", (pages("a.pdf"),), NOW),
        Reply(2, "", "first", Ending.FINISHED, NOW),
        Question(3, "two", (pages("b.pdf"),), NOW),
        Reply(4, "", "second", Ending.FINISHED, NOW),
    )


def hint(composer: Composer) -> tuple[str, str]:
    shown = next(each for each in composer.findChildren(QLabel) if each is composer._hint)
    return shown.text(), str(shown.property("look"))


@pytest.mark.parametrize(
    ("progress", "words", "look", "pressed"),
    [
        (Progress.READING, "report.pdf is still being read.", "small", "warning"),
        (Progress.FAILED, "report.pdf could not be read. Remove it to send.", "danger", "danger"),
    ],
)
def test_an_attachment_that_is_not_ready_holds_the_question(
    composer: Composer,
    qtbot: Any,
    document: Attachment,
    progress: Progress,
    words: str,
    look: str,
    pressed: str,
) -> None:
    edit = composer.findChildren(QuestionEdit)[0]
    qtbot.keyClicks(edit, "what")
    composer.put_attachment(replace(document, progress=progress))
    assert hint(composer) == (words, look)
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert hint(composer) == (words, pressed)
    composer.put_attachment(document)
    with qtbot.waitSignal(composer.submitted):
        qtbot.keyClick(edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("text", ["", " ", "\n "])
def test_nothing_is_said_about_nothing(composer: Composer, weighing: Weighing, text: str) -> None:
    composer.set_draft(Draft(text))
    weighing.again()
    assert hint(composer) == ("", "small")


def offered(composer: Composer) -> QPushButton | None:
    found = [each for each in composer.findChildren(QPushButton) if each.text().startswith("Leave out")]
    return found[0] if found and found[0].isVisible() else None


def test_what_is_too_much_is_offered_to_be_left_out_and_goes_when_that_is_taken(
    composer: Composer, qtbot: Any, voices: Voices, weighing: Weighing, talk: tuple[Message, ...]
) -> None:
    voices.known = Limits(pictures=4)
    weighing.remember(talk)
    edit = composer.findChildren(QuestionEdit)[0]
    qtbot.keyClicks(edit, "why")
    assert hint(composer)[1] == "danger"
    assert weighing.cut == NOTHING
    button = offered(composer)
    assert button is not None
    assert button.text() == "Leave out 2 earlier pictures and send"
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    with qtbot.waitSignal(composer.submitted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert weighing.cut == Cut(pictures=2)
    assert offered(composer) is None
    assert hint(composer)[0].endswith("without 2 earlier pictures")
    told = weighing.left_out((*talk, asked(Draft("why"))), weighing.cut)
    assert told == {1: Sentence("fit.media_gone", (("n", 2),))}
    assert weighing.left_out(talk) == told


def test_once_agreed_it_is_not_asked_again_in_this_conversation_and_in_no_other(
    composer: Composer, voices: Voices, weighing: Weighing, talk: tuple[Message, ...]
) -> None:
    voices.known = Limits(pictures=4)
    weighing.remember(talk)
    weighing.agree(talk)
    composer.set_draft(Draft("and now"))
    weighing.again()
    assert (weighing.cut, composer.has_problem()) == (Cut(pictures=2), False)
    weighing.remember(tuple(replace(one, id=one.id + 10) for one in talk))
    assert (weighing.cut, composer.has_problem()) == (NOTHING, True)


def test_what_cannot_be_helped_is_not_offered(
    composer: Composer, voices: Voices, weighing: Weighing, document: Attachment
) -> None:
    voices.known = Limits(pictures=2)
    composer.set_draft(Draft("why", (document,)))
    weighing.again()
    assert composer.has_problem()
    assert offered(composer) is None


def test_a_second_try_needs_the_same_consent(
    voices: Voices, weighing: Weighing, talk: tuple[Message, ...]
) -> None:
    messages = (*talk, Question(5, "now", (), NOW))
    assert weighing.cut_to_retry(messages, PROFILE) == NOTHING
    voices.known = Limits(pictures=4)
    assert isinstance(weighing.cut_to_retry(messages, PROFILE), Sentence)
    weighing.agree(messages)
    assert weighing.cut_to_retry(messages, PROFILE) == Cut(pictures=2)


def room_of(text: str, talk: tuple[Message, ...], off: int) -> int:
    """Return the context of a model that takes this much and so many tokens more."""
    request = request_for((*talk, asked(Draft(text))), PROFILE, Limits())
    return load_of(request, Limits()).tokens + 1024 + off


@pytest.mark.parametrize(("off", "counts"), [(-100, True), (100, True), (5000, False)])
async def test_close_to_the_limit_the_server_is_asked_before_anything_is_sent(
    composer: Composer, voices: Voices, weighing: Weighing, off: int, counts: bool
) -> None:
    voices.known = Limits(context=room_of(LONG, (), off), counts=True)
    draft = Draft(LONG)
    composer.set_draft(draft)
    weighing.again()
    assert not composer.has_problem()
    assert voices.asked == [], "no keystroke asks"
    voices.counted = 5008 - 101
    assert await weighing.fits(draft)
    voices.counted = 5008 + 101
    weighing.again()
    assert await weighing.fits(draft) is (off > 101)
    assert bool(voices.asked) is counts
    assert composer.has_problem() is (off < 101)


async def test_a_server_that_gives_no_count_leaves_the_estimate(
    composer: Composer, voices: Voices, weighing: Weighing
) -> None:
    draft = Draft(LONG)
    composer.set_draft(draft)
    for off, counts, fits in ((-100, True, False), (100, True, True), (-100, False, False)):
        voices.known = Limits(context=room_of(LONG, (), off), counts=counts)
        weighing.again()
        assert composer.has_problem() is (off < 0 and not counts)
        assert await weighing.fits(draft) is fits
    assert len(voices.asked) == 2


async def test_what_the_server_counts_decides_what_is_left_out(
    composer: Composer, voices: Voices, weighing: Weighing, talk: tuple[Message, ...]
) -> None:
    draft = Draft(LONG)
    voices.known = Limits(context=room_of(LONG, talk, 50), counts=True)
    voices.counted = words_tokens(request_for((*talk, asked(draft)), PROFILE, voices.known)) + 80
    composer.set_draft(draft)
    weighing.remember(talk)
    assert not await weighing.fits(draft)
    button = offered(composer)
    assert button is not None
    assert "earlier picture" in button.text()


async def test_who_leaves_while_the_server_counts_has_sent_nothing(
    composer: Composer, voices: Voices, weighing: Weighing, talk: tuple[Message, ...]
) -> None:
    voices.known = Limits(context=room_of(LONG, (), 450), counts=True)
    draft = Draft(LONG)
    composer.set_draft(draft)
    weighing.again()
    voices.meanwhile = lambda: weighing.remember(talk)
    assert not await weighing.fits(draft)
    assert weighing.messages == talk
