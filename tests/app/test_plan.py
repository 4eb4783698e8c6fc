from dataclasses import replace
from datetime import UTC, datetime

from app.model.attachments import Attachment, Blob, Clip, Draft, Kind, Picture, Progress
from app.model.limits import Limits
from app.model.messages import Ending, Question, Reply
from app.model.profiles import Profile, Sampling
from app.model.requests import Role
from app.model.sentences import sentence
from app.plan import Load, cost_of, draft_load, load_of, obstacle, question_parts, request_for

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROFILE = Profile("p", "p", "vllm", system="Be brief.")
BLOB = Blob("a" * 64, 1000, "image/png")
SHOT = Attachment("1", Kind.PICTURE, "shot.png", Progress.READY, pictures=(Picture(BLOB, 640, 480),))
STILLS = tuple(Picture(BLOB, 640, 360, number=n, seconds=n * 2.0) for n in (1, 2))
CLIP = Clip(Blob("c" * 64, 5000, "video/mp4"), 640, 360, 4.0, 10.0)
FILM = Attachment("2", Kind.CLIP, "film.mp4", Progress.READY, pictures=STILLS, clip=CLIP)


def question(text: str, *attachments: Attachment) -> Question:
    return Question(1, text, attachments, NOW)


def reply(answer: str, reasoning: str = "hmm", ended: Ending = Ending.FINISHED) -> Reply:
    return Reply(2, reasoning, answer, ended, NOW)


def test_earlier_turns_are_resent_without_their_reasoning() -> None:
    request = request_for((question("a"), reply("b"), question("c")), PROFILE, Limits())
    assert [(turn.role, turn.parts) for turn in request.turns] == [
        (Role.SYSTEM, ("Be brief.",)),
        (Role.USER, ("a",)),
        (Role.ASSISTANT, ("b",)),
        (Role.USER, ("c",)),
    ]


def test_nothing_asked_is_an_empty_request() -> None:
    assert request_for((), Profile("p", "p", "vllm"), Limits()).turns == ()


def test_a_question_that_got_no_answer_is_not_resent() -> None:
    history = (question("lost"), reply("", ended=Ending.BROKEN), question("now"))
    assert [turn.parts for turn in request_for(history, PROFILE, Limits()).turns[1:]] == [("now",)]


def test_the_same_conversation_always_gives_the_same_request() -> None:
    history = (question("a", SHOT, FILM), reply("b"), question("c"))
    first, second = (request_for(history, PROFILE, Limits(clips=1)) for _ in range(2))
    assert first == second
    shorter = request_for(history[:1], PROFILE, Limits(clips=1))
    assert first.turns[: len(shorter.turns)] == shorter.turns


def test_a_clip_goes_as_a_video_or_as_stills_with_their_times() -> None:
    assert question_parts(question("?", FILM), Limits(clips=1)) == ("[film.mp4]", CLIP, "?")
    as_stills = question_parts(question("?", FILM), Limits(clips=0))
    assert as_stills == ("[film.mp4, at 0:02.0]", STILLS[0], "[film.mp4, at 0:04.0]", STILLS[1], "?")
    assert told(FILM, Limits(clips=1)) == "plan.as_clip"
    assert told(FILM, Limits(clips=0)) == "plan.as_stills"


def told(attachment: Attachment, limits: Limits) -> str | None:
    found = cost_of(attachment, limits)
    return found.key if found else None


def test_pages_are_labelled_with_their_numbers() -> None:
    pages = tuple(Picture(BLOB, 100, 100, number=n) for n in (1, 2, 3))
    report = Attachment("3", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=pages, chosen=(3,))
    assert question_parts(question("?", report), Limits()) == ("[report.pdf, page 3]", pages[2], "?")


def test_a_deck_that_could_not_be_drawn_goes_as_text_and_says_so() -> None:
    deck = Attachment("4", Kind.DECK, "talk.pptx", Progress.READY, text="Slide 1\nHello")
    assert question_parts(question("?", deck), Limits()) == ("[talk.pptx, text only]\nSlide 1\nHello", "?")
    assert told(deck, Limits()) == "plan.as_text"
    assert told(SHOT, Limits()) == "plan.cost"


def test_what_is_still_read_or_could_not_be_read_is_not_sent() -> None:
    reading = replace(SHOT, progress=Progress.READING)
    failed = replace(SHOT, progress=Progress.FAILED)
    assert obstacle(Draft("?", (reading,)), Load(), PROFILE, Limits()) == sentence(
        "plan.still_reading", name="shot.png"
    )
    assert obstacle(Draft("?", (failed,)), Load(), PROFILE, Limits()) == sentence(
        "plan.remove_failed", name="shot.png"
    )
    assert obstacle(Draft("  "), Load(), PROFILE, Limits()) == sentence("plan.empty")


def test_more_than_the_backend_takes_is_never_sent() -> None:
    draft = Draft("?", (SHOT, replace(SHOT, id="5")))
    load = draft_load(draft, Limits())
    assert load.pictures == 2

    def problem(limits: Limits) -> str | None:
        found = obstacle(draft, load, PROFILE, limits)
        return found.key if found else None

    assert problem(Limits()) is None
    assert problem(Limits(pictures=1)) == "plan.too_many_pictures"
    assert problem(Limits(picture_bytes=999)) == "plan.picture_too_heavy"
    assert problem(Limits(context=1500)) == "plan.too_long"
    assert problem(Limits(context=100_000)) is None


def test_room_for_the_answer_is_kept_free() -> None:
    long = Draft("word " * 3000)
    load = draft_load(long, Limits())
    limits = Limits(context=load.tokens + 2000)
    assert obstacle(long, load, PROFILE, limits) is None
    greedy = replace(PROFILE, sampling=Sampling(max_tokens=2500))
    found = obstacle(long, load, greedy, limits)
    assert found is not None
    assert found.key == "plan.too_long"


def test_loads_add_up() -> None:
    one, two = draft_load(Draft("?", (SHOT,)), Limits()), draft_load(Draft("?", (FILM,)), Limits(clips=1))
    both = one + two
    assert (both.pictures, both.clips, both.tokens) == (1, 1, one.tokens + two.tokens)
    request = request_for((question("?", SHOT), reply("b"), question("c")), PROFILE, Limits())
    assert load_of(request, Limits()).pictures == 1
