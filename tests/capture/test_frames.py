"""Videos of every container, and files that only claim to be videos."""

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.errors import TooLarge, Unreadable
from app.excerpt import DETAILS
from app.model.attachments import USUAL_DETAIL
from capture.frames import serve
from tests import films

LONGEST, MOST = DETAILS[USUAL_DETAIL].side, DETAILS[USUAL_DETAIL].stills

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
RED, BLUE = (255, 0, 0), (0, 0, 255)


def seen(path: Path, **task: Any) -> tuple[dict[str, Any], list[tuple[dict[str, Any], Image.Image]]]:
    probe, stills, _, _ = made(path, **task)
    return probe, stills


def made(
    path: Path, **task: Any
) -> tuple[
    dict[str, Any],
    list[tuple[dict[str, Any], Image.Image]],
    list[tuple[dict[str, Any], bytes]],
    dict[str, Any],
]:
    """Return the probe, the stills, the film if there is one, and how it went."""
    (probe, none), *rest = serve({"path": str(path), **task})
    assert none == b""
    pictures = [(head, Image.open(io.BytesIO(body)).convert("RGB")) for head, body in rest if "mime" in head]
    assert all(picture.size == (head["width"], head["height"]) for head, picture in pictures)
    return probe, pictures, [one for one in rest if "film" in one[0]], rest[-1][0]


def colour(picture: Image.Image) -> tuple[int, int, int]:
    red, _, blue = picture.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    return RED if red > blue else BLUE


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov", "clip.webm", "live.webm"])
def test_every_container_gives_what_it_is_and_stills_from_first_to_last(name: str) -> None:
    probe, stills = seen(DOCUMENTS / name)
    assert probe == {
        "width": 320,
        "height": 180,
        "rate": 10.0,
        "seconds": 4.0,
        "frames": 40,
        "steady": True,
        "total": 4,
        "plain": name in ("clip.mp4", "clip.mkv", "clip.mov"),
    }
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


def test_a_film_is_made_of_what_is_not_plain(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.webm", films.bars(4, width=334, height=212), codec="libvpx-vp9")
    probe, stills, ((head, film),), over = made(path)
    assert not probe["plain"]
    assert over == {"over": True, "damaged": False, "bright": False}
    assert [head["seconds"] for head, _ in stills] == [0.0, 1.3, 2.6, 3.9]
    assert head == {"film": True, "width": 334, "height": 212, "rate": 6, "seconds": 4.0}
    (tmp_path / "film.mp4").write_bytes(film)
    frames = films.frames(tmp_path / "film.mp4")
    assert [moment for moment, _ in frames] == pytest.approx([slot / 6 for slot in range(24)], abs=1e-3)
    shown = [films.told(frame) for _, frame in frames]
    # Each slot shows what is on the screen then: a tenth of a second old at the most.
    assert shown == pytest.approx([(int(slot / 6 * 10 + 1e-6) + 1) / 40 for slot in range(24)], abs=0.02)


def test_the_film_of_an_excerpt_has_its_length_and_nothing_else(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.mp4", films.bars(8))
    _, stills, ((head, film),), _ = made(path, start=2.0, end=4.0, whole=False)
    assert (head["rate"], head["seconds"]) == (6, 2.0)
    assert [head["seconds"] for head, _ in stills] == [2.0, 3.9]
    (tmp_path / "film.mp4").write_bytes(film)
    shown = [films.told(frame) for _, frame in films.frames(tmp_path / "film.mp4")]
    assert shown[0] == pytest.approx(21 / 80, abs=0.02)
    assert shown[-1] == pytest.approx(39 / 80, abs=0.02)


def test_the_same_excerpt_gives_the_same_bytes(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.webm", films.bars(4), codec="libvpx-vp9")
    first, again = (made(path, start=1.0)[2] for _ in range(2))
    assert first == again


def test_what_is_long_is_made_at_the_calm_pace_of_models(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.webm", films.bars(40, rate=5, width=64, height=48), 5, "libvpx")
    _, _, ((head, film),), _ = made(path)
    assert (head["rate"], head["seconds"]) == (2, 40.0)
    (tmp_path / "film.mp4").write_bytes(film)
    assert len(films.frames(tmp_path / "film.mp4")) == 80


def test_moments_are_taken_as_pictures_and_no_film_is_made(tmp_path: Path) -> None:
    path = films.write(tmp_path / "clip.webm", films.bars(4), codec="libvpx-vp9")
    _, stills, film, _ = made(path, moments=[0.5, 3.0], film=False, whole=False)
    assert [head["seconds"] for head, _ in stills] == [0.5, 3.0]
    assert film == []


def test_a_part_behind_the_end_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        made(DOCUMENTS / "clip.mp4", start=9.0, whole=False)
    assert caught.value.sentence.key == "video.nothing_left"


def test_a_damaged_video_still_becomes_a_film_and_it_is_said(tmp_path: Path) -> None:
    data = films.write(tmp_path / "clip.mkv", films.bars(6)).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) // 2])
    _, stills, film, over = made(tmp_path / "cut.mkv")
    assert stills
    assert film
    assert over["damaged"]
