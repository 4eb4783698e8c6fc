"""`glimpse capture` as a user runs it, on a real screen."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app import plain
from app.model.screens import Box
from app.settings import Settings
from tests.shell import run


@pytest.fixture
def painted(desktop: Any) -> Any:
    desktop.split("A=300/100x600/150+0+0", "B=500/100x600/150+300+0")
    desktop.paint(Box(0, 0, 300, 600), (200, 10, 20))
    desktop.paint(Box(300, 0, 500, 600), (0, 128, 64))
    desktop.run("xdotool", "mousemove", "400", "300")
    return desktop


def remember(home: Path, box: tuple[int, int, int, int]) -> None:
    file = home / "config/settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(plain.to_plain(Settings(last_region=box))))


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ((), (800, 600)),
        (("--screen", "1"), (300, 600)),
        (("--screen", "pointer"), (500, 600)),
        (("--region", "290,10,20,30", "--delay", "1"), (20, 30)),
        (("--last",), (40, 50)),
    ],
)
def test_it_writes_what_was_asked_for(
    painted: Any, home: Path, tmp_path: Path, words: tuple[str, ...], size: tuple[int, int]
) -> None:
    remember(home, (1, 2, 40, 50))
    done = run("capture", *words, "-o", str(tmp_path / "shot.png"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(tmp_path / "shot.png") as picture:
        assert picture.size == size


def test_the_pointer_is_in_the_picture_when_asked_for(painted: Any, tmp_path: Path) -> None:
    painted.run("xsetroot", "-cursor_name", "left_ptr")
    colours = []
    for words in ((), ("--pointer",)):
        done = run("capture", "--region", "380,280,60,60", *words, "-o", str(tmp_path / "shot.png"))
        assert done.returncode == 0, done.stderr
        with Image.open(tmp_path / "shot.png") as picture:
            colours.append(len(picture.getcolors(4000) or ()))
    assert colours[0] == 1
    assert colours[1] > 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--last",), "No region has been captured yet. Capture one first."),
        (("--window",), "No window can be captured here. Open one, or capture a region."),
        (("--region", "5000,5000,10,10"), "That part of the desktop is on no monitor. Choose another."),
    ],
)
def test_what_is_not_there_is_one_sentence(
    painted: Any, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = run("capture", *words, "-o", str(tmp_path / "shot.png"))
    assert (done.returncode, done.stdout, done.stderr.strip().removeprefix("glimpse: ")) == (1, "", told)
    assert not (tmp_path / "shot.png").exists()
