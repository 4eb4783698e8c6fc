"""The strip of a video: what is chosen on it, and what it asks for."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest

from app.excerpt import outlook
from app.model.attachments import Attachment, Blob, Clip, Excerpt, Kind, Progress
from app.model.limits import Limits
from app.model.sentences import sentence
from ui.strip import Strip
from ui.strip_track import StripTrack

WHOLE = Clip(Blob("a" * 64, 900_000, "video/webm"), 320, 180, 10.0, 10.0)
MADE = Clip(Blob("b" * 64, 60_000, "video/mp4"), 320, 180, 10.0, 6.0)
VIDEO = Attachment("v", Kind.CLIP, "v.webm", Progress.READY, clip=MADE, whole=WHOLE)


@pytest.fixture
def strip(qtbot: Any) -> Strip:
    made = Strip(VIDEO, partial(outlook, VIDEO, limits=Limits(clips=1)))
    qtbot.addWidget(made)
    made.resize(800, 640)
    made.show()
    return made


def frame(shade: int = 200) -> QImage:
    image = QImage(32, 18, QImage.Format.Format_RGB888)
    image.fill(shade)
    return image


def choose_key_frames(strip: Strip) -> None:
    strip._form.setCurrentIndex(1)


def test_untouched_it_chooses_the_whole_video(strip: Strip) -> None:
    assert strip.excerpt() == Excerpt()


def test_handles_trim(strip: Strip) -> None:
    track = strip.findChild(StripTrack)
    assert track is not None
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    QTest.mouseMove(track, QPoint(10 + (track.width() - 20) // 2, 20))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert strip.excerpt().start == pytest.approx(5.0, abs=0.1)
    assert strip.excerpt().end is None


def test_a_part_begins_and_ends_where_one_looks(strip: Strip) -> None:
    strip.seek(2.0)
    strip._begin_here.click()
    strip.seek(6.0)
    strip._end_here.click()
    assert strip.excerpt() == Excerpt(2.0, 6.0)
    strip.seek(1.0)
    strip._end_here.click()
    assert strip.excerpt() == Excerpt(2.0, 6.0), "an end before the beginning is none"
    strip._all.click()
    assert strip.excerpt() == Excerpt()


def test_key_frames_are_awaited_and_those_of_the_part_are_taken(strip: Strip) -> None:
    wanted = QSignalSpy(strip.key_frames_wanted)
    choose_key_frames(strip)
    assert wanted.count() == 1
    assert not strip._take.isEnabled()
    strip.show_key_frames((0.0, 1.5, 3.0, 8.0))
    assert strip._take.isEnabled()
    assert strip.excerpt().moments == (0.0, 1.5, 3.0, 8.0)
    strip._trim(2.0, 6.0)
    assert strip.excerpt().moments == (2.0, 3.0), "what was on the screen when the part begins belongs to it"


def test_a_choice_made_before_is_there_again(qapp: object) -> None:
    chosen = Excerpt(1.0, 9.0, 1, (1.0, 4.0))
    again = Strip(replace(VIDEO, excerpt=chosen), partial(outlook, VIDEO, limits=Limits(clips=1)))
    assert again.excerpt() == chosen


def test_it_plays_one_frame_after_the_other_to_the_end_of_the_part(strip: Strip) -> None:
    strip._trim(0.0, 0.25)
    wanted = QSignalSpy(strip.next_wanted)
    strip.seek(0.0)
    strip.show_frame(0.0, frame())
    strip._play.click()
    for number in (1, 2):
        assert wanted.count() == number
        strip.show_frame(number / 10, frame())
        assert wanted.wait(5000)
    strip.show_frame(0.3, frame())
    for _ in range(500):
        if strip._playing is None:
            break
        QTest.qWait(10)
    assert strip._playing is None
    assert strip._now == pytest.approx(0.2)


def test_a_frame_that_was_due_before_a_jump_is_not_shown_after_it(strip: Strip) -> None:
    strip.seek(0.0)
    strip.show_frame(0.0, frame())
    strip._play.click()
    strip.show_frame(0.3, frame())
    strip.seek(5.0)
    strip.show_frame(5.0, frame())
    strip._play.click()
    QTest.qWait(500)  # by then it would have come
    assert strip._now == pytest.approx(5.0)


def test_a_step_asked_for_too_early_is_not_lost(strip: Strip) -> None:
    strip.seek(1.0)
    wanted = QSignalSpy(strip.frame_wanted)
    strip._on.click()
    assert wanted.at(0) == [pytest.approx(1.1)]


def test_what_went_wrong_is_told_and_a_part_can_be_taken_all_the_same(strip: Strip) -> None:
    strip.tell(sentence("worker.died"))
    assert "stopped unexpectedly" in strip._told.text()
    assert strip._take.isEnabled()
