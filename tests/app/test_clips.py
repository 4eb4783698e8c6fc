"""Videos through real workers: what they become, and what becomes of a part of them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import plain
from app.blobs import BlobStore
from app.errors import Unreadable
from app.intake import Intake
from app.model.attachments import Attachment, Draft, Excerpt, Kind, Progress
from app.model.limits import Limits
from app.plan import asked, cost_of, question_parts
from app.workers import Workers
from tests import films
from tests.readings import DOCUMENTS, page, played, steps

ZAI = Limits(clips=1, clip_bytes=200 * 2**20)


async def last_of(values: AsyncGenerator[Attachment, None]) -> Attachment:
    async with aclosing(values):
        return [value async for value in values][-1]


async def video(intake: Intake, path: Path) -> Attachment:
    found = await last_of(intake.open(path))
    assert found.fault is None
    return found


def webm(folder: Path, seconds: float = 4) -> Path:
    return films.write(folder / "clip.webm", films.bars(seconds), codec="libvpx-vp9")


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("clip.mp4", "video/mp4"),
        ("clip.mov", "video/quicktime"),
        ("clip.mkv", "video/x-matroska"),
        ("clip.webm", "video/webm"),
    ],
)
async def test_a_video_is_a_clip_with_stills(intake: Intake, blobs: BlobStore, name: str, mime: str) -> None:
    found = await steps(intake, DOCUMENTS / name)
    last = found[-1]
    assert (last.kind, last.progress) == (Kind.CLIP, Progress.READY)
    assert last.clip is not None
    assert last.whole is not None
    assert last.whole.blob == last.source
    assert last.whole.blob.mime == mime
    assert blobs.read(last.whole.blob) == (DOCUMENTS / name).read_bytes()
    assert (last.whole.width, last.whole.height, last.whole.seconds, last.whole.rate) == (320, 180, 4.0, 10.0)
    # What servers may not take is made into what they all do; an ordinary MP4 stays as it is.
    assert last.clip.blob.mime == "video/mp4"
    assert (last.clip == last.whole) == (name == "clip.mp4")
    assert (last.clip.width, last.clip.height, last.clip.seconds) == (320, 180, 4.0)
    assert [picture.seconds for picture in last.pictures] == [0.0, 1.3, 2.6, 3.9]
    assert len(found[1].pictures) == 1, "the poster shows at once"


async def test_a_part_is_cut_out_and_the_whole_stays_at_hand(
    intake: Intake, blobs: BlobStore, tmp_path: Path
) -> None:
    whole = await video(intake, webm(tmp_path))
    (tmp_path / "clip.webm").unlink()  # what was kept is what is cut
    async with aclosing(intake.clips.cut(whole, Excerpt(1.0, 3.0))) as values:
        steps = [value async for value in values]
    assert steps[0].progress is Progress.READING
    assert (steps[0].pictures, steps[0].clip) == ((), None), "the part before cannot be sent by mistake"
    part = steps[-1]
    assert part.progress is Progress.READY
    assert part.clip is not None
    assert (part.clip.seconds, part.clip.blob.mime) == (2.0, "video/mp4")
    assert (part.whole, part.source, part.id) == (whole.whole, whole.source, whole.id)
    shown = [films.told(frame) for _, frame in films.frames(blobs.path(part.clip.blob))]
    assert shown[0] == pytest.approx(11 / 40, abs=0.03)
    assert shown[-1] == pytest.approx(29 / 40, abs=0.03)
    # Cut anew it is the same film, and the whole can be had back.
    assert (await last_of(intake.clips.cut(part, Excerpt(1.0, 3.0)))).clip == part.clip
    assert await last_of(intake.clips.cut(part, Excerpt())) == whole


async def test_what_was_cut_survives_the_store(intake: Intake, tmp_path: Path) -> None:
    part = await last_of(intake.clips.cut(await video(intake, webm(tmp_path)), Excerpt(1.0, moments=(1.5,))))
    assert plain.loads(Attachment, plain.dumps(part)) == part


async def test_key_frames_are_sent_as_pictures_even_to_who_takes_videos(
    intake: Intake, tmp_path: Path
) -> None:
    whole = await video(intake, webm(tmp_path))
    assert len(question_parts(asked(Draft("", (whole,))), ZAI)) == 2
    keys = await last_of(intake.clips.cut(whole, Excerpt(moments=(0.5, 2.0))))
    texts = [part for part in question_parts(asked(Draft("", (keys,))), ZAI) if isinstance(part, str)]
    assert texts == ["[clip.webm, at 0:00.5]", "[clip.webm, at 0:02.0]"]
    cost = cost_of(keys, ZAI)
    assert cost is not None
    assert cost.key == "plan.as_stills"


async def test_moments_are_where_something_is_new(intake: Intake, tmp_path: Path) -> None:
    pictures = [np.full((96, 160, 3), shade, np.uint8) for shade in (30, 220) for _ in range(20)]
    path = films.write(tmp_path / "clip.webm", pictures, codec="libvpx-vp9")
    found = await intake.clips.moments(await video(intake, path))
    assert found == pytest.approx((0.0, 2.33), abs=0.2)


async def test_a_part_that_cannot_be_made_fails_and_can_be_chosen_anew(
    intake: Intake, tmp_path: Path
) -> None:
    whole = await video(intake, webm(tmp_path))
    failed = await last_of(intake.clips.cut(whole, Excerpt(50.0, 60.0)))
    assert failed.progress is Progress.FAILED
    assert failed.fault is not None
    assert failed.fault.key == "video.nothing_left"
    again = await last_of(intake.clips.cut(failed, Excerpt()))
    assert again == whole


async def test_a_video_whose_file_is_gone_says_so(intake: Intake, blobs: BlobStore, tmp_path: Path) -> None:
    whole = await video(intake, webm(tmp_path))
    with pytest.raises(Unreadable):
        await intake.clips.moments(replace(whole, whole=None))
    assert whole.whole is not None
    blobs.drop(whole.whole.blob.digest)
    gone = await last_of(intake.clips.cut(whole, Excerpt(1.0)))
    assert gone.progress is Progress.FAILED


class Liar:
    """Workers that send what a taken over one might."""

    def __init__(self, workers: Workers, *frames: tuple[dict[str, Any], bytes]) -> None:
        self.thread = workers.thread
        self._frames = frames

    async def job(
        self, _name: str, _task: dict[str, Any]
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        for frame in self._frames:
            yield frame


PROBE = {"width": 4, "height": 4, "rate": 1, "seconds": 1, "total": 1, "plain": False}
STILL = ({"width": 4, "height": 4, "mime": "image/jpeg", "seconds": 0}, b"\xff\xd8\xff")
FILM = {"film": True, "width": 4, "height": 4, "rate": 1, "seconds": 1}


@pytest.mark.parametrize(
    "frames",
    [
        ((PROBE, b""), STILL, (FILM, b"MZ no film at all")),
        ((PROBE, b""), STILL, ({**FILM, "width": -4}, b"\0\0\0\0ftyp")),
        ((PROBE, b""), STILL, STILL),
        ((PROBE, b""),),
        ((PROBE, b""), ({**STILL[0], "seconds": float("nan")}, STILL[1])),
    ],
)
async def test_a_lying_worker_is_not_believed(
    blobs: BlobStore, workers: Workers, tmp_path: Path, frames: tuple[tuple[dict[str, Any], bytes], ...]
) -> None:
    path = tmp_path / "clip.webm"
    path.write_bytes((DOCUMENTS / "clip.webm").read_bytes())
    found = await last_of(Intake(blobs, Liar(workers, *frames)).open(path))  # type: ignore[arg-type]
    assert (found.kind, found.progress) == (Kind.CLIP, Progress.FAILED)


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"width": 1, "height": 1, "rate": "x", "seconds": 1, "total": 1},
        {"rate": -1.0},
        {"width": 1, "height": 1, "rate": 1, "seconds": 10**400, "total": 1},
        {"width": 10**9, "height": 1, "rate": 1, "seconds": 1, "total": 1},
        {"width": 1, "height": 1, "rate": 1, "seconds": 1, "total": 10**5},
    ],
)
async def test_a_lying_video_worker_is_not_believed(blobs: BlobStore, head: dict[str, Any]) -> None:
    last, _ = await played(blobs, "clip.mp4", video=[[(head, b"")]])
    assert last.progress is Progress.FAILED


async def test_a_video_of_more_stills_than_it_said_is_not_believed(blobs: BlobStore) -> None:
    probe = ({"width": 1, "height": 1, "rate": 1, "seconds": 1, "total": 2}, b"")
    last, _ = await played(blobs, "clip.mp4", video=[[probe, *(page(n, seconds=n) for n in range(3))]])
    assert last.progress is Progress.FAILED
