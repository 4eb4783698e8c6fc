"""Events out of bytes, however the bytes are cut and the lines end."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import sse
from backends.sse import EVENT_LIMIT, Decoder, EventTooLarge


def decode(*pieces: Any) -> list[str]:
    decoder = Decoder()
    return [data for piece in pieces for data in decoder.feed(piece)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_events_comments_and_other_fields(end: str) -> None:
    lines = [
        ": ping",
        "",
        "event: x",
        "id: 1",
        "retry: 2",
        "data: one",
        "",
        "data:two",
        "data: lines",
        "",
        "data: last",
        "",
        "",
    ]
    found = decode(end.join(lines).encode(), b"\n")
    assert found == ["one", "two\nlines", "last"]


def test_an_event_that_is_not_ended_is_not_one() -> None:
    assert decode(b"data: half\n") == []


def test_events_before_a_broken_one_come_through() -> None:
    events = Decoder().feed(b"data: good\n\ndata: \xff\n\n")
    assert next(events) == "good"
    with pytest.raises(UnicodeDecodeError):
        next(events)


@pytest.mark.parametrize(
    "piece", [b"x" * 70_000, b"data: " + b"x" * 70_000 + b"\n", b"data: " + b"x" * 70_000]
)
def test_an_event_without_end_is_refused(piece: bytes) -> None:
    with pytest.raises(EventTooLarge):
        decode(*[piece] * (EVENT_LIMIT // 70_000 + 2))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_end_of_a_line_may_come_in_halves(end: str) -> None:
    raw = f"data: one{end}data: two{end}{end}data: three{end}{end}: more".encode()
    assert decode(*[raw[at : at + 1] for at in range(len(raw))]) == ["one\ntwo", "three"]


def test_no_byte_of_a_long_line_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ends:
        read = 0

        def split(self, piece: bytes) -> list[bytes]:
            self.read += len(piece)
            return piece.split(b"\n")

    ends = Ends()
    monkeypatch.setattr(sse, "_LINE_END", ends)
    decode(b"data: ", *[b"x" * 1000] * 900, b"\n\n")
    assert ends.read == 6 + 900_000 + 2


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), min_size=1), max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_any_events_cut_anywhere_are_the_same(texts: Any, end: str, data: Any) -> None:
    raw = "".join(f"data: {text}{end}{end}" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert decode(*pieces) == texts
