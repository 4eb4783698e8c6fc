"""What is new on a screen, and what only moves on it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture.key_frames import PACE, key_frames, serve
from tests import films

Grey = np.ndarray


def page(*words: str) -> Grey:
    shown = np.full((360, 640), 245, np.uint8)
    for row, word in enumerate(words):
        cv2.putText(shown, word, (40, 60 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 30, 1, cv2.LINE_AA)
    return shown


def shown(*steps: tuple[Grey, float]) -> Iterator[tuple[float, Grey]]:
    """Yield each picture for so many seconds."""
    number = count()
    for picture, seconds in steps:
        for _ in range(round(seconds * PACE)):
            yield next(number) / PACE, picture


def test_what_never_changes_is_one_frame() -> None:
    assert list(key_frames(shown((page("Hello"), 20.0)))) == [0.0]


def test_each_word_that_appears_is_one_frame_soon_after_it_did() -> None:
    words = ("Saved", "Deleted", "Archive", "Retry")
    steps = [(page(*words[: number + 1]), 2.0) for number in range(4)]
    found = list(key_frames(shown(*steps)))
    assert len(found) == 4
    assert all(2.0 * n <= moment <= 2.0 * n + 1.1 for n, moment in enumerate(found))


def test_what_closes_again_counts_too() -> None:
    dialog = page("Hello")
    cv2.rectangle(dialog, (150, 100), (480, 260), 120, -1)
    found = list(key_frames(shown((page("Hello"), 2), (dialog, 2), (page("Hello"), 2))))
    assert len(found) == 3


def blink(seconds: float) -> Iterator[tuple[float, Grey]]:
    """A caret as editors have it."""
    for moment, picture in shown((page("Name"), seconds)):
        with_caret = picture.copy()
        if int(moment / 0.53) % 2:
            with_caret[50:64, 90:91] = 20
        yield moment, with_caret


def spin(seconds: float) -> Iterator[tuple[float, Grey]]:
    for moment, picture in shown((page("Loading"), seconds)):
        turned = picture.copy()
        cv2.ellipse(turned, (600, 30), (10, 10), 0, moment * 300, moment * 300 + 270, 60, 3)
        yield moment, turned


def advertise(seconds: float) -> Iterator[tuple[float, Grey]]:
    for moment, picture in shown((page("News"), seconds)):
        with_film = picture.copy()
        noise = np.random.default_rng(round(moment * 60)).integers(0, 255, (12, 20), np.uint8)
        with_film[200:320, 420:620] = cv2.resize(noise, (200, 120))
        yield moment, with_film


@pytest.mark.parametrize("noise", [blink, spin, advertise])
def test_what_never_rests_does_not_count_each_time(noise: object) -> None:
    assert len(list(key_frames(noise(15.0)))) <= 2  # type: ignore[operator]


def test_a_film_that_fills_the_screen_is_seen_now_and_then() -> None:
    def moving() -> Iterator[tuple[float, Grey]]:
        for moment, picture in shown((page(), 12.0)):
            noise = np.random.default_rng(round(moment * 60)).integers(0, 255, picture.shape, np.uint8)
            yield moment, noise

    assert 3 <= len(list(key_frames(moving()))) <= 6


def test_a_file_gives_numbers_and_times(tmp_path: Path) -> None:
    shades = (40, 120, 200)
    pictures = (np.full((180, 320, 3), shade, np.uint8) for shade in shades for _ in range(20))
    path = films.write(tmp_path / "clip.mp4", pictures)
    found = [head for head, _ in serve({"path": str(path)}) if "moment" in head]
    assert len(found) == 3
    assert [head["number"] for head in found] == [round(head["moment"] * 10) for head in found]
    assert found[1]["moment"] == pytest.approx(2.35, abs=0.2)


def test_what_changes_again_and_again_soon_counts_no_more() -> None:
    def flicker() -> Iterator[tuple[float, Grey]]:
        for moment, picture in shown((page("News"), 20.0)):
            with_sign = picture.copy()
            with_sign[200:320, 420:620] = 40 * (int(moment / 0.5) % 5)
            yield moment, with_sign

    assert len(list(key_frames(flicker()))) <= 6
