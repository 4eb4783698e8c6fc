"""Videos of every container, and files that only claim to be videos."""

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.errors import TooLarge, Unreadable
from capture import frames
from capture.frames import FEWEST, LONGEST, MOST, serve, spread

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
RED, BLUE = (255, 0, 0), (0, 0, 255)


def seen(path: Path) -> tuple[dict[str, Any], list[tuple[dict[str, Any], Image.Image]]]:
    (probe, none), *stills = serve({"path": str(path)})
    assert none == b""
    pictures = [(head, Image.open(io.BytesIO(body)).convert("RGB")) for head, body in stills]
    assert all(picture.size == (head["width"], head["height"]) for head, picture in pictures)
    return probe, pictures


def colour(picture: Image.Image) -> tuple[int, int, int]:
    red, _, blue = picture.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    return RED if red > blue else BLUE


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov", "clip.webm", "live.webm"])
def test_every_container_gives_what_it_is_and_stills_from_first_to_last(name: str) -> None:
    probe, stills = seen(DOCUMENTS / name)
    assert probe == {"width": 320, "height": 180, "rate": 10.0, "seconds": 4.0, "total": 4}
    assert [head["seconds"] for head, _ in stills] == [0.0, 1.3, 2.6, 3.9]
    assert [colour(picture) for _, picture in stills] == [RED, RED, BLUE, BLUE]


def test_a_video_taken_sideways_stands_upright() -> None:
    probe, stills = seen(DOCUMENTS / "turned.mp4")
    assert (probe["width"], probe["height"]) == (180, 320)
    assert stills[0][1].size == (180, 320)


def test_a_video_of_one_frame_is_its_poster() -> None:
    probe, stills = seen(DOCUMENTS / "one-frame.mp4")
    assert probe["total"] == len(stills) == 1


def test_a_long_video_is_jumped_through(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    halves = ("color=red:s=64x64:r=10:d=90", "color=blue:s=64x64:r=10:d=90")
    sources = [part for half in halves for part in ("-f", "lavfi", "-i", half)]
    command = [
        "ffmpeg",
        "-v",
        "error",
        *sources,
        "-filter_complex",
        "[0][1]concat=n=2",
        "-c:v",
        "libx264",
        str(path),
    ]
    subprocess.run(command, check=True)
    probe, stills = seen(path)
    assert probe["seconds"] == 180
    assert len(stills) == MOST
    assert [colour(picture) for _, picture in stills] == [RED] * 8 + [BLUE] * 8
    assert stills[-1][0]["seconds"] == pytest.approx(179.9)


def test_a_large_video_gives_smaller_stills(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    source = ("-f", "lavfi", "-i", "testsrc2=s=2560x1440:r=5:d=0.6")
    subprocess.run(
        ["ffmpeg", "-v", "error", *source, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)], check=True
    )
    probe, stills = seen(path)
    assert (probe["width"], probe["height"]) == (2560, 1440)
    assert stills[0][1].size == (LONGEST, LONGEST * 9 // 16)


@pytest.mark.parametrize("name", ["script.mp4", "playlist.mp4", "report.pdf", "plain.png", "empty.pdf"])
def test_what_is_no_video_is_never_given_to_the_parser(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "probe", None)
    with pytest.raises(Unreadable):
        list(serve({"path": str(DOCUMENTS / name)}))


def test_a_script_is_refused_by_the_parser_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second lock: were the first bytes not looked at, the list of containers would still hold."""
    (tmp_path / "clip.mp4").write_bytes((DOCUMENTS / "clip.mp4").read_bytes())
    (tmp_path / "script.mp4").write_bytes((DOCUMENTS / "script.mp4").read_bytes())
    monkeypatch.setattr(frames, "_check_container", lambda _: None)
    with pytest.raises(Unreadable):
        list(serve({"path": str(tmp_path / "script.mp4")}))


@pytest.mark.parametrize("name", ["sound.mp4", "cut.mp4"])
def test_a_video_without_a_picture_says_so(name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(serve({"path": str(DOCUMENTS / name)}))
    assert caught.value.sentence.key == "document.no_frames"


def test_frames_that_nobody_can_hold_are_refused() -> None:
    with pytest.raises(TooLarge):
        list(serve({"path": str(DOCUMENTS / "huge.mp4")}))


def test_a_video_cut_short_gives_what_there_is(tmp_path: Path) -> None:
    data = (DOCUMENTS / "clip.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    _, stills = seen(tmp_path / "cut.mkv")
    assert stills


@given(st.integers(1, 10**9), st.floats(0, 1e6))
def test_stills_are_spread_from_the_first_frame_to_the_last(count: int, seconds: float) -> None:
    numbers = spread(count, seconds)
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 0
    assert min(FEWEST, count) <= len(numbers) <= MOST
    assert numbers[-1] == (count - 1 if len(numbers) > 1 else 0)
