"""A conversation that has become too long loses its beginning: media first, then turns, the last question never."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fit import NOTHING, Cut, done, fit, left_out, offer, trimmed, without
from app.i18n import say
from app.model.attachments import Attachment, Blob, Clip, Draft, Kind, Picture, Progress
from app.model.limits import Limits
from app.model.messages import Ending, Message, Question, Reply
from app.model.profiles import Profile
from app.model.requests import Role
from app.plan import excess, load_of, request_for

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROFILE = Profile("p", "p", "vllm", system="Be brief.")
BLOB = Blob("a" * 64, 1000, "image/png")
MOVIE = Clip(Blob("c" * 64, 5000, "video/mp4"), 640, 360, 4.0, 10.0)
WIDE = Limits(clips=9)


def shot(name: str) -> Attachment:
    return Attachment(name, Kind.PICTURE, name, Progress.READY, pictures=(Picture(BLOB, 640, 480),))


def report(pages: int) -> Attachment:
    pictures = tuple(Picture(BLOB, 640, 480, number=number) for number in range(1, pages + 1))
    return Attachment("r", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=pictures)


def film(name: str) -> Attachment:
    return Attachment(name, Kind.CLIP, name, Progress.READY, pictures=(Picture(BLOB, 64, 64),), clip=MOVIE)


def talk(*asked: tuple[str, tuple[Attachment, ...]]) -> tuple[Message, ...]:
    """Return questions with an answer each, the last without."""
    messages: list[Message] = []
    for number, (text, attachments) in enumerate(asked):
        messages.append(Question(2 * number + 1, text, attachments, NOW))
        messages.append(Reply(2 * number + 2, "hm", f"answer {number}", Ending.FINISHED, NOW))
    return tuple(messages[:-1])


def weight(messages: tuple[Message, ...], limits: Limits = WIDE) -> int:
    return load_of(request_for(messages, PROFILE, limits), limits).tokens


def room(tokens: int) -> Limits:
    """Return limits that leave so many tokens for the request, which are more than a thousand."""
    return replace(WIDE, context=tokens + 1024)


MESSAGES = talk(
    ("one", (shot("a.png"), film("b.mp4"))),
    ("two", (report(3),)),
    ("three", ()),
    ("now " * 1100, (shot("z.png"),)),
)


def test_what_fits_is_left_as_it_is() -> None:
    assert fit(MESSAGES, PROFILE, WIDE) == NOTHING
    assert fit(MESSAGES, PROFILE, room(weight(MESSAGES))) == NOTHING
    assert without(MESSAGES, NOTHING, WIDE) == MESSAGES


@pytest.mark.parametrize(
    ("less", "cut"),
    [
        (10, Cut(1)),
        (400, Cut(1, 1)),
        (1_700, Cut(2, 1)),
    ],
)
def test_the_oldest_media_go_first_and_no_more_of_them_than_must(less: int, cut: Cut) -> None:
    limits = room(weight(MESSAGES) - less)
    assert fit(MESSAGES, PROFILE, limits) == cut
    assert weight(without(MESSAGES, cut, limits), limits) <= weight(MESSAGES) - less


def test_turns_go_when_all_earlier_media_have_gone() -> None:
    bare = without(MESSAGES, Cut(4, 1), WIDE)
    assert fit(MESSAGES, PROFILE, room(weight(bare))) == Cut(4, 1)
    assert fit(MESSAGES, PROFILE, room(weight(bare) - 1)) == Cut(4, 1, 1)
    kept = without(MESSAGES, Cut(4, 1, 2), WIDE)
    assert [message.id for message in kept] == [5, 6, 7]


def test_the_question_just_asked_and_the_system_prompt_stay_whatever_happens() -> None:
    last = MESSAGES[-1]
    assert fit(MESSAGES, PROFILE, room(weight((last,)))) == Cut(4, 1, 3)
    assert without(MESSAGES, Cut(99, 99, 3), WIDE) == (last,)
    request = request_for(without(MESSAGES, Cut(4, 1, 3), WIDE), PROFILE, WIDE)
    assert [turn.role for turn in request.turns] == [Role.SYSTEM, Role.USER]
    assert fit(MESSAGES, PROFILE, room(weight((last,)) - 1)) is None
    assert fit(MESSAGES[-1:], PROFILE, room(1024)) is None


def test_too_many_pictures_or_clips_cost_only_those() -> None:
    assert fit(MESSAGES, PROFILE, replace(WIDE, pictures=3)) == Cut(pictures=2)
    assert fit(MESSAGES, PROFILE, replace(WIDE, pictures=1)) == Cut(pictures=4)
    assert fit(MESSAGES, PROFILE, replace(WIDE, pictures=0)) is None
    films = talk(("one", (film("a"), shot("p"))), ("two", (film("b"),)), ("now", (film("c"),)))
    assert fit(films, PROFILE, replace(WIDE, clips=1)) == Cut(clips=2)
    kept = without(films, Cut(clips=2), WIDE)
    assert load_of(request_for(kept, PROFILE, WIDE), WIDE).pictures == 1


def test_a_model_reads_that_something_was_there() -> None:
    request = request_for(without(MESSAGES, Cut(2, 1), WIDE), PROFILE, WIDE)
    assert request.turns[1].parts == ("[a.png, not sent]", "[b.mp4, not sent]", "one")
    assert request.turns[3].parts[0] == "[report.pdf, page 2]"


def test_what_stays_keeps_its_order_and_its_bytes() -> None:
    whole = request_for(MESSAGES, PROFILE, WIDE)
    less = request_for(without(MESSAGES, Cut(1), WIDE), PROFILE, WIDE)
    assert less.turns[2:] == whole.turns[2:]
    assert less == request_for(without(MESSAGES, Cut(1), WIDE), PROFILE, WIDE)


def test_only_chosen_pages_count_and_unanswered_questions_do_not() -> None:
    chosen = replace(report(5), chosen=(2, 4))
    lost = Reply(8, "", "", Ending.BROKEN, NOW)
    messages = (Question(7, "lost", (shot("x"),), NOW), lost, *talk(("one", (chosen,)), ("now", ())))
    kept = without(messages, Cut(1), WIDE)
    assert [type(message) for message in kept] == [Question, Reply, Question]
    assert request_for(kept, PROFILE, WIDE).turns[1].parts[0] == "[report.pdf, page 4]"


def test_the_window_hears_what_is_left_out_of_which_question() -> None:
    told = left_out(MESSAGES, Cut(3, 1, 1), WIDE)
    assert {name: (said.key, dict(said.args)) for name, said in told.items()} == {
        1: ("fit.turn_gone", {}),
        3: ("fit.media_gone", {"n": 2}),
    }
    assert left_out(MESSAGES, NOTHING, WIDE) == {}


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (Cut(12), "Leave out 12 earlier pictures and send"),
        (Cut(1), "Leave out the earliest picture and send"),
        (Cut(0, 2), "Leave out 2 earlier videos and send"),
        (Cut(2, 1), "Leave out 3 earlier pictures and videos and send"),
        (Cut(0, 0, 3), "Leave out 3 earlier questions and send"),
        (Cut(2, 0, 3), "Leave out 3 earlier questions and all earlier pictures and send"),
    ],
)
def test_a_cut_is_said_in_a_sentence(cut: Cut, words: str) -> None:
    assert say(offer(cut)) == words
    assert say(done(cut)).startswith("without ")


@given(st.integers(1024, 7000))
def test_a_cut_is_always_enough_and_the_one_before_it_never(tokens: int) -> None:
    limits = room(tokens)
    cut = fit(MESSAGES, PROFILE, limits)

    def fits(cut: Cut) -> bool:
        request = request_for(without(MESSAGES, cut, limits), PROFILE, limits)
        return excess(load_of(request, limits), PROFILE, limits) is None

    if cut is None:
        assert not fits(Cut(4, 1, 3))
        return
    assert fits(cut)
    if cut.turns:
        assert not fits(replace(cut, turns=cut.turns - 1))
    elif cut.pictures > 1:
        assert not fits(replace(cut, pictures=cut.pictures - 1))


def test_of_a_first_question_the_last_pages_are_left_out() -> None:
    draft = Draft("word " * 1000, (shot("a.png"), report(5)))
    assert trimmed(draft, PROFILE, WIDE) == (draft, 0)
    smaller, gone = trimmed(draft, PROFILE, replace(WIDE, pictures=3))
    assert gone == 3
    assert [len(one.pictures) for one in smaller.attachments] == [1, 2]
    assert trimmed(draft, PROFILE, room(1024)) == (draft, 0)
