"""What will be sent of a video, before it is made."""

from dataclasses import replace

import pytest

from app.excerpt import DETAILS, MOMENTS_LIMIT, Task, outlook, pace, spread, task_for
from app.model.attachments import Attachment, Blob, Clip, Excerpt, Kind, Picture, Progress
from app.model.limits import Limits, Sight
from app.sight import clip_tokens

WATCHES = Limits(clips=1)
WHOLE = Clip(Blob("a" * 64, 9_000_000, "video/webm"), 1920, 1080, 60.0, 30.0)
MADE = Clip(Blob("b" * 64, 600_000, "video/mp4"), 1280, 720, 60.0, 2.0)
STILLS = tuple(
    Picture(Blob("c" * 64, 50_000, "image/jpeg"), 1280, 720, seconds=float(4 * number))
    for number in range(16)
)
VIDEO = Attachment("v", Kind.CLIP, "v.webm", Progress.READY, pictures=STILLS, clip=MADE, whole=WHOLE)


def test_what_has_been_made_is_told_as_it_is() -> None:
    seen = outlook(VIDEO, Excerpt(), WATCHES)
    assert (seen.as_clip, seen.exact, seen.size) == (True, True, 600_000)
    assert seen.tokens == clip_tokens(MADE, Sight.UNKNOWN)
    assert seen.moments == tuple(n / 2 for n in range(120))


def test_a_part_is_estimated_by_what_the_whole_weighs() -> None:
    seen = outlook(VIDEO, Excerpt(10.0, 40.0), WATCHES)
    assert (seen.as_clip, seen.exact) == (True, False)
    assert seen.moments[0] == 10.0
    assert seen.moments[-1] < 40.0
    # Thirty seconds at six frames a second are more frames than sixty at two.
    assert seen.size == pytest.approx(600_000 * 1.5, rel=0.01)


def test_less_detail_costs_less() -> None:
    costs = [outlook(VIDEO, Excerpt(0.0, 20.0, detail), WATCHES) for detail in range(len(DETAILS))]
    assert [one.tokens for one in costs] == sorted(one.tokens for one in costs)
    assert [one.size for one in costs] == sorted(one.size for one in costs)
    assert costs[0].tokens < costs[-1].tokens / 4


def test_who_takes_no_videos_gets_pictures_at_even_distances() -> None:
    made, part = (outlook(VIDEO, one, Limits()) for one in (Excerpt(), Excerpt(10.0, 14.0)))
    assert not made.as_clip
    assert made.moments == tuple(4.0 * n for n in range(16))
    assert part.moments == pytest.approx([10.0, 11.333, 12.633, 13.967], abs=0.01)


def test_key_frames_are_pictures_whoever_gets_them() -> None:
    seen = outlook(VIDEO, Excerpt(moments=(1.0, 2.5)), WATCHES)
    assert (seen.as_clip, seen.moments) == (False, (1.0, 2.5))


def test_what_is_too_long_for_a_film_is_sent_as_pictures() -> None:
    long = replace(VIDEO, whole=replace(WHOLE, seconds=9000.0), clip=None, excerpt=Excerpt(0.0, 1.0))
    assert not outlook(long, Excerpt(), WATCHES).as_clip
    assert outlook(long, Excerpt(100.0, 160.0), WATCHES).as_clip


def test_the_worker_is_told_what_was_chosen() -> None:
    assert Task.of(task_for(Excerpt())) == Task()
    part = Task.of(task_for(Excerpt(1.0, 2.0, detail=0)))
    assert part == Task(1.0, 2.0, 448, 1, 4, whole=False)
    pictures = Task.of(task_for(Excerpt(moments=tuple(map(float, range(999))))))
    assert (pictures.film, len(pictures.moments)) == (False, MOMENTS_LIMIT)


def test_a_detail_that_a_stranger_stored_is_none_too_many() -> None:
    assert Task.of(task_for(Excerpt(detail=99))).side == DETAILS[-1].side
    assert outlook(VIDEO, Excerpt(detail=-5), Limits()).tokens


def test_the_pace_is_that_at_which_models_look() -> None:
    assert [pace(seconds, 6) for seconds in (5, 30, 31, 2000)] == [6, 6, 2, 2]
    assert pace(5, 1) == 1


@pytest.mark.parametrize(("frames", "seconds"), [(1, 0.1), (2, 0.1), (40, 4.0), (10**9, 1e6)])
def test_stills_are_spread_from_the_first_frame_to_the_last(frames: int, seconds: float) -> None:
    numbers = spread(frames, seconds, 16)
    assert numbers == sorted(set(numbers))
    assert (numbers[0], numbers[-1]) == (0, frames - 1)
    assert min(2, frames) <= len(numbers) <= 16
