"""Frames as they are asked for."""

from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from capture.player import SIDE, SMALL_SIDE, serve
from tests import films


class Viewer:
    """Says one order at a time and looks at what comes."""

    def __init__(self, path: Path) -> None:
        self._said: SimpleQueue[str | None] = SimpleQueue()
        self._frames = serve({"path": str(path)}, self._said)

    def order(self, *words: str) -> tuple[dict[str, float], films.Frame]:
        for word in words:
            self._said.put(word)
        head, body = next(self._frames)
        shape = (int(head.get("height", 0)), int(head.get("width", 0)), 3)
        return head, np.frombuffer(body, np.uint8).reshape(shape)

    def leave(self) -> None:
        self._said.put(None)
        assert list(self._frames) == []


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return films.write(tmp_path_factory.mktemp("films") / "clip.webm", films.bars(4), codec="libvpx-vp9")


def test_it_goes_anywhere_and_from_there_frame_by_frame(film: Path) -> None:
    viewer = Viewer(film)
    head, picture = viewer.order("at 2.0")
    assert (head["seconds"], head["width"], head["height"]) == (2.0, 320, 180)
    assert films.told(picture) == pytest.approx(21 / 40, abs=0.02)
    assert [viewer.order("next")[0]["seconds"] for _ in range(3)] == pytest.approx([2.1, 2.2, 2.3])
    assert viewer.order("at 0.55")[0]["seconds"] == pytest.approx(0.5)
    viewer.leave()


def test_a_glance_does_not_disturb_what_is_played(film: Path) -> None:
    viewer = Viewer(film)
    viewer.order("at 1.0")
    head, picture = viewer.order("glance 3.5")
    assert head["glance"] == 3.5
    assert max(picture.shape) == SMALL_SIDE
    assert viewer.order("next")[0]["seconds"] == pytest.approx(1.1)


def test_of_several_wishes_the_last_large_one_comes_first(film: Path) -> None:
    viewer = Viewer(film)
    head, _ = viewer.order("glance 0.5", "at 1.0", "at 3.0")
    assert head["seconds"] == pytest.approx(3.0)
    assert "glance" not in head
    assert viewer.order("glance 0.2")[0]["glance"] == 0.2
    assert viewer.order()[0]["glance"] == 0.5


def test_behind_the_last_frame_there_is_nothing(film: Path) -> None:
    viewer = Viewer(film)
    assert viewer.order("at 99")[0]["seconds"] == pytest.approx(3.9)
    assert viewer.order("next")[0] == {"over": True}


def test_a_time_that_is_none_is_the_beginning(film: Path) -> None:
    viewer = Viewer(film)
    assert viewer.order("glance soon")[0]["glance"] == 0.0


def test_a_large_film_is_shown_smaller(tmp_path: Path) -> None:
    path = films.write(tmp_path / "large.mp4", films.bars(0.3, width=1600, height=900))
    _, picture = Viewer(path).order("at 0")
    assert picture.shape == (SIDE * 9 // 16, SIDE, 3)
