"""Videos of every kind that people have, made by FFmpeg's own encoders, and what can be read of damaged ones."""

import os
from pathlib import Path

import av
import numpy as np
import pytest

from app.errors import TooLarge, Unreadable
from capture.footage import Footage
from capture.upright import is_bright, pixels
from tests import films

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
PQ, BT2020 = 16, 9
ODD_TIMES = (0.0, 0.1, 0.15, 0.9, 1.0, 2.5, 2.6, 2.65, 3.0, 3.9)


def corners(width: int = 160, height: int = 96) -> films.Frame:
    """Return a picture of four colours: red, green, blue and white, from the left upper corner on."""
    picture = np.zeros((height, width, 3), np.uint8)
    half, middle = height // 2, width // 2
    picture[:half, :middle, 0] = picture[:half, middle:, 1] = picture[half:, :middle, 2] = 255
    picture[half:, middle:] = 255
    return picture


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("clip.mp4", "libx264"),
        ("clip.mov", "mpeg4"),
        ("clip.mkv", "libx265"),
        ("clip.webm", "libvpx-vp9"),
        ("clip.mkv", "libsvtav1"),
    ],
)
def test_every_codec_gives_each_frame_at_its_time(name: str, codec: str, tmp_path: Path) -> None:
    path = films.write(tmp_path / name, films.bars(2), codec=codec)
    footage = Footage(str(path))
    facts = footage.facts
    assert (facts.width, facts.height, facts.rate, facts.frames, facts.steady) == (320, 180, 10.0, 20, True)
    seen = [(moment, films.told(pixels(frame, 320, 180))) for moment, frame in footage.at([0.0, 0.95, 1.9])]
    assert [moment for moment, _ in seen] == [0.0, 0.95, 1.9]
    assert [part for _, part in seen] == pytest.approx([1 / 20, 10 / 20, 1.0], abs=0.03)
    assert not footage.damaged


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_video_is_seen_as_ffmpeg_shows_it(degrees: int, tmp_path: Path) -> None:
    flat = films.write(tmp_path / "flat.mp4", [corners()] * 3)
    turned = films.turned(flat, tmp_path / "turned.mp4", degrees)
    footage = Footage(str(turned))
    wanted = np.rot90(corners(), degrees // 90)
    assert (footage.facts.height, footage.facts.width) == wanted.shape[:2]
    seen = pixels(footage.poster, footage.facts.width, footage.facts.height)
    assert np.abs(seen.astype(int) - wanted).mean() < 16


def test_frames_without_a_rhythm_are_shown_when_they_are_due(tmp_path: Path) -> None:
    pictures = list(films.bars(1))
    path = films.write(tmp_path / "vfr.mp4", pictures, times=ODD_TIMES)
    footage = Footage(str(path))
    assert not footage.facts.steady
    assert footage.facts.seconds == pytest.approx(3.9 + 1 / footage.facts.rate, abs=0.01)
    asked = [0.5, 0.95, 2.0, 2.55, 3.5]
    shown = [films.told(pixels(frame, 320, 180)) for _, frame in footage.at(asked)]
    assert shown == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.9], abs=0.03)


def test_a_bright_video_is_toned_down_and_keeps_its_colours(tmp_path: Path) -> None:
    path = films.write(
        tmp_path / "hdr.mkv",
        [np.full((64, 64, 3), 148, np.uint8)] * 3,  # of PQ: the white of paper, about
        codec="libx265",
        pixel_format="yuv420p10le",
        color_trc=PQ,
        colorspace=BT2020,
        color_primaries=BT2020,
    )
    footage = Footage(str(path))
    assert is_bright(footage.poster)
    seen = pixels(footage.poster, 64, 64).astype(int)
    assert seen.min() > 225
    assert seen.max() - seen.min() < 6


def test_a_damaged_video_gives_what_can_be_read_and_says_so(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.mkv", films.bars(6))
    data = bytearray(path.read_bytes())
    path.write_bytes(data[: len(data) // 2])
    footage = Footage(str(path))
    read = [moment for moment, _ in footage.walk()]
    assert read
    assert read[-1] < 5
    assert footage.damaged


def test_rubbish_in_the_middle_of_a_video_is_left_out(tmp_path: Path) -> None:
    noise = (np.random.default_rng(n).integers(0, 255, (180, 320, 3), np.uint8) for n in range(30))
    path = films.write(tmp_path / "clip.mp4", noise)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = os.urandom(20_000)
    path.write_bytes(data)
    footage = Footage(str(path))
    assert len(list(footage.walk())) > 5
    assert footage.damaged


def test_a_codec_that_is_not_allowed_is_named_so(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.mkv", films.bars(0.5), codec="ffv1")
    with pytest.raises(Unreadable) as caught:
        Footage(str(path))
    assert caught.value.sentence.key == "video.codec"


@pytest.mark.parametrize("name", ["script.mp4", "playlist.mp4", "plain.png", "report.pdf"])
def test_what_is_no_video_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        Footage(str(DOCUMENTS / name))


def test_a_script_that_names_another_file_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock: were the first bytes not looked at, FFmpeg is still told what the file has to be."""
    script = tmp_path / "script.mp4"
    script.write_bytes((DOCUMENTS / "script.mp4").read_bytes())
    (tmp_path / "clip.mp4").write_bytes((DOCUMENTS / "clip.mp4").read_bytes())
    with av.open(str(script)) as obeyed:
        assert obeyed.streams.video, "left to itself it does what the script says"
    monkeypatch.setattr("capture.footage._container", lambda _: "mov")
    with pytest.raises(Unreadable):
        Footage(str(script))


def test_a_video_of_sound_alone_has_no_picture() -> None:
    with pytest.raises(Unreadable) as caught:
        Footage(str(DOCUMENTS / "sound.mp4"))
    assert caught.value.sentence.key == "document.no_frames"


def test_frames_that_nobody_can_hold_are_refused() -> None:
    with pytest.raises(TooLarge):
        Footage(str(DOCUMENTS / "huge.mp4"))
