"""Pictures into a part, and out of it again."""

from pathlib import Path

import av
import numpy as np
import pytest

from app.errors import RecordingFailed
from capture.recording.film import Reel, threads
from capture.recording.finisher import finish
from capture.recording.part import Part
from tests.films import colour, frames, is_near

RED = (200, 10, 20)


def filmed(folder: Path, rate: int, slots: int) -> Part:
    """Return a part with red pictures that get brighter, every second of them held."""
    part = Part(folder / "a.mp4.part")
    reel = Reel(part, 64, 48, rate)
    for slot in range(slots):
        if slot % 2:
            reel.hold()
        else:
            reel.show(np.full((48, 64, 4), (20, 10, 100 + slot % 100, 0), np.uint8))
    reel.close()
    part.close()
    return part


@pytest.mark.parametrize("rate", [2, 7, 30])
def test_every_slot_is_a_frame_at_its_exact_time(tmp_path: Path, rate: int) -> None:
    film = finish(filmed(tmp_path, rate, 45).path, tmp_path / "a.mp4")
    assert (film.slots, film.rate, film.width, film.height) == (45, rate, 64, 48)
    assert film.seconds == pytest.approx(45 / rate)
    seen = frames(film.path)
    assert [time for time, _ in seen] == pytest.approx([slot / rate for slot in range(45)])
    assert np.abs(seen[10][1].astype(int) - seen[11][1]).max() <= 3
    with av.open(film.path) as container:
        assert container.streams.video[0].frames == 45
        assert container.duration == pytest.approx(45 / rate * 1e6, abs=2)
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.mp4.part")
    reel = Reel(part, 64, 48, 5)
    reel.show(np.full((48, 64, 4), (*reversed(RED), 0), np.uint8))
    reel.close()
    part.close()
    ((_, frame),) = frames(part.path)
    assert is_near(colour(frame, 30, 20), RED)


def test_a_part_plays_as_it_is_and_at_any_moment_lacks_a_third_of_a_second(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.mp4.part")
    reel = Reel(part, 64, 48, 10)
    for slot in range(40):
        reel.show(np.full((48, 64, 4), slot * 6, np.uint8))
        if slot >= 4:
            assert len(frames(part.path)) >= slot + 1 - 4
    part.close()


def test_what_holds_no_picture_is_no_film_and_stays(tmp_path: Path) -> None:
    part = tmp_path / "a.mp4.part"
    part.write_bytes(b"nothing that can be played" * 100)
    with pytest.raises(RecordingFailed) as caught:
        finish(part, tmp_path / "a.mp4")
    assert caught.value.sentence.key == "recording.unplayable"
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4.part"]


def test_where_the_film_cannot_be_written_the_part_becomes_one(tmp_path: Path) -> None:
    part = filmed(tmp_path, 10, 12)
    film = finish(part.path, tmp_path / "none" / "b.mp4")
    assert film.path == str(tmp_path / "a.mp4")
    assert film.why is not None
    assert film.why.key == "recording.not_written"
    assert len(frames(film.path)) == 12
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_small_and_slow_films_need_one_thread_and_no_film_takes_the_machine() -> None:
    assert threads(1920, 1080, 10) == 1
    assert threads(640, 480, 30) == 1
    assert 1 <= threads(3840, 2160, 30) <= 4
