import gc
import threading
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QSize, QTimer

from app.model.attachments import Blob
from ui.thumbnails import Decoder, Thumbnails, decode


def test_a_picture_is_made_small_and_kept(qtbot: Any, album: Any) -> None:
    picture = album.picture(600, 300)
    thumbnails = Thumbnails(album.load, 100)
    with qtbot.waitSignal(thumbnails.ready) as ready:
        assert thumbnails.get(picture.blob) is None
    made = thumbnails.get(picture.blob)
    assert ready.args == [picture.blob.digest]
    assert made is not None
    assert made.size() == QSize(100, 50)
    assert album.loads == [picture.blob.digest]


def test_a_dense_screen_gets_more_pixels(qtbot: Any, album: Any) -> None:
    thumbnails = Thumbnails(album.load, 100, 2)
    blob = album.picture(600, 300).blob
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.get(blob)
    made = thumbnails.get(blob)
    assert made is not None
    assert made.width() == 200
    assert made.deviceIndependentSize().width() == 100


def test_the_newest_wish_comes_first_and_one_at_a_time(qtbot: Any, album: Any) -> None:
    thumbnails = Thumbnails(album.load, 50)
    wanted = [album.picture().blob for _ in range(3)]
    for blob in wanted:
        thumbnails.get(blob)
    assert album.loads == []
    qtbot.waitUntil(lambda: len(album.loads) == 3)
    assert album.loads == [blob.digest for blob in reversed(wanted)]


def test_a_picture_that_is_gone_leaves_an_empty_frame(qtbot: Any, album: Any) -> None:
    picture = album.picture()
    album.forget(picture)
    thumbnails = Thumbnails(album.load, 50)
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.get(picture.blob)
    made = thumbnails.get(picture.blob)
    assert made is not None
    assert made.isNull()


def test_a_small_picture_is_not_enlarged_and_garbage_is_null(make_png: Any) -> None:
    assert decode(make_png(10, 20), QSize(100, 100)).size() == QSize(10, 20)
    assert decode(b"garbage", QSize(10, 10)).isNull()


def test_the_window_goes_on_while_a_huge_picture_is_made(qtbot: Any, gate: Any) -> None:
    blob = gate.album.picture(6000, 3000).blob
    thumbnails = Thumbnails(gate.load, 100)
    assert thumbnails.get(blob) is None
    qtbot.waitUntil(gate.entered.is_set)
    ticks: list[None] = []
    QTimer.singleShot(0, lambda: ticks.append(None))
    qtbot.waitUntil(lambda: bool(ticks))
    assert thumbnails.get(blob) is None
    with qtbot.waitSignal(thumbnails.ready):
        gate.open()
    made = thumbnails.get(blob)
    assert made is not None
    assert made.size() == QSize(100, 50)
    assert gate.album.loads == [blob.digest]
    assert gate.threads.isdisjoint({threading.main_thread().name})


@pytest.mark.parametrize("end", ["deleted", "later", "forgotten"])
def test_whoever_asked_may_be_gone_when_it_is_made(qtbot: Any, gate: Any, end: str) -> None:
    first, last = gate.album.picture().blob, gate.album.picture().blob
    heard: list[str] = []
    thumbnails = Thumbnails(gate.load, 100)
    thumbnails.ready.connect(heard.append)
    thumbnails.get(first)
    qtbot.waitUntil(gate.entered.is_set)
    if end == "deleted":
        shiboken6.delete(thumbnails)
    elif end == "later":
        thumbnails.deleteLater()
    del thumbnails
    gc.collect()
    gate.open()
    other = Thumbnails(gate.load, 100)
    with qtbot.waitSignal(other.ready):
        other.get(last)
    qtbot.wait(20)
    assert heard == []


def test_a_wish_can_be_forgotten(qtbot: Any, gate: Any) -> None:
    begun, scrolled_past, seen = (gate.album.picture().blob for _ in range(3))
    thumbnails = Thumbnails(gate.load, 100)
    thumbnails.get(begun)
    qtbot.waitUntil(gate.entered.is_set)
    thumbnails.get(scrolled_past)
    thumbnails.forget_wishes()
    thumbnails.get(seen)
    gate.open()
    qtbot.waitUntil(lambda: thumbnails.get(seen) is not None)
    assert gate.album.loads == [begun.digest, seen.digest]


def test_only_so_many_are_kept(qtbot: Any, album: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.thumbnails._KEPT", 2)
    thumbnails = Thumbnails(album.load, 10)
    blobs = [album.picture(4, 4).blob for _ in range(3)]
    for blob in blobs:
        with qtbot.waitSignal(thumbnails.ready):
            thumbnails.get(blob)
    assert [thumbnails.get(blob) is not None for blob in reversed(blobs)] == [True, True, False]


def test_a_fault_of_ours_is_heard_and_stops_nothing(qtbot: Any, album: Any) -> None:
    good = album.picture().blob

    def load(blob: Blob) -> bytes:
        if blob.digest == "bad":
            raise ZeroDivisionError
        return bytes(album.load(blob))

    decoder = Decoder(load, QSize(10, 10))
    with qtbot.captureExceptions() as faults, qtbot.waitSignal(decoder.decoded) as decoded:
        decoder.want(good)
        decoder.want(Blob("bad", 1, "image/png"))
    assert [kind for kind, _, _ in faults] == [ZeroDivisionError]
    assert decoded.args[0] == good.digest
