"""A video from elsewhere: looked at, trimmed and sent as the film that was chosen."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from app.i18n import say
from tests import films
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.habits import LONG, ask, start
from tests.little_server import Line, LittleServer, serving

pytestmark = pytest.mark.journey

DATA = "data:video/mp4;base64,"


class Watcher(LittleServer):
    """Says that it has seen what it was sent."""

    name = "Watcher"

    def answer(self, line: Line) -> None:
        """Say so."""
        line.say(content="A bar that grows.")
        line.end()

    def media(self, kind: str) -> list[str]:
        """Return the addresses of what was sent last, of one kind."""
        parts = [
            part for one in self.bodies[-1]["messages"] for part in one["content"] if isinstance(part, dict)
        ]
        return [part[kind]["url"] for part in parts if part["type"] == kind]


def film_of(address: str, path: Path) -> list[tuple[float, films.Frame]]:
    assert address.startswith(DATA)
    path.write_bytes(base64.b64decode(address.removeprefix(DATA)))
    return films.frames(path)


def drop(desktop: Desktop, app: App, clip: Path) -> None:
    assert desktop.drop_files([clip], app.find("Question", "text"))
    app.wait(re.compile("^clip.webm, 8 s video"), timeout=LONG)


def test_a_webm_is_trimmed_and_arrives_as_an_mp4_of_that_length(desktop: Desktop, tmp_path: Path) -> None:
    clip = films.write(tmp_path / "clip.webm", films.bars(8), codec="libvpx-vp9")
    with serving(Watcher()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        drop(desktop, app, clip)
        desktop.click(app.wait(say("composer.choose_part"), "button"))
        app.wait(re.compile("8.0 s of video, of which the model looks at 16 frames"), timeout=LONG)
        track = app.wait(say("strip.track"))
        middle = track.rect.y + 20
        left, width = track.rect.x, track.rect.width
        desktop.drag((left + 10, middle), (left + width // 4, middle))
        desktop.drag((left + width - 10, middle), (left + width // 2, middle))
        app.wait(re.compile("2.0 s of video, of which the model looks at 4 frames"))
        app.wait(say("strip.frame", n=1, time="0:02.0"))
        desktop.click(app.find(say("strip.take"), "button"))
        app.wait(re.compile("^clip.webm, 2(.[01])? of 8 s video · sent as a video"), timeout=LONG)
        ask(app, desktop, "what happens?")
        app.wait(text=re.compile("A bar that grows"), timeout=LONG)
        (first,) = server.media("video_url")
        seen = film_of(first, tmp_path / "arrived.mp4")
        assert abs(len(seen) / 6 - 2.0) <= 0.2
        assert abs(films.told(seen[0][1]) - 0.25) < 0.05
        assert abs(films.told(seen[-1][1]) - 0.5) < 0.06
        # Asked on, the same bytes go again: the server finds them in its cache.
        ask(app, desktop, "and then?")
        app.wait("Send", "button", timeout=LONG)
        assert server.media("video_url") == [first]


def test_key_frames_of_a_video_are_sent_as_pictures_with_their_times(
    desktop: Desktop, tmp_path: Path
) -> None:
    slides = [shade for shade in (40, 120, 200, 250) for _ in range(20)]
    pictures = (np.full((180, 320, 3), shade, np.uint8) for shade in slides)
    clip = films.write(tmp_path / "clip.webm", pictures, codec="libvpx-vp9")
    with serving(Watcher()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        drop(desktop, app, clip)
        desktop.click(app.wait(say("composer.choose_part"), "button"))
        desktop.click(app.wait(say("strip.as_clip"), "combo box"))
        desktop.key("Down", "Return")
        app.wait(re.compile("^4 numbered pictures with their times"), timeout=LONG)
        desktop.click(app.find(say("strip.take"), "button"))
        app.wait(re.compile("^clip.webm.*sent as 4 stills with their times"), timeout=LONG)
        ask(app, desktop, "what happens?")
        app.wait(text=re.compile("A bar that grows"), timeout=LONG)
        assert len(server.media("image_url")) == 4
        assert not server.media("video_url")


def test_a_video_is_played_and_stepped_through(desktop: Desktop, tmp_path: Path) -> None:
    clip = films.write(tmp_path / "clip.webm", films.bars(8), codec="libvpx-vp9")
    app = start(desktop)
    drop(desktop, app, clip)
    desktop.click(app.wait(say("composer.choose_part"), "button"))
    app.wait(re.compile("^0:00.0 / 0:08.0"), timeout=LONG)
    app.wait(say("strip.play"), "button")
    desktop.key("period")
    app.wait(re.compile("^0:00.1 / 0:08.0"))
    desktop.key("comma")
    app.wait(re.compile("^0:00.0 / 0:08.0"))
    desktop.key("space")
    app.wait(say("strip.pause"), "button")
    app.wait(re.compile("^0:01.[0-9] / 0:08.0"), timeout=LONG)
    desktop.key("space")
    app.wait(say("strip.play"), "button")
    desktop.key("Escape")
    app.wait_gone(say("strip.track"))
