"""Frames come out as they went in, and nothing else comes out at all."""

import io
import json
import os
import struct
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipes import HEAD_LIMIT, PipeError, read_frame, write_frame

BODY_LIMIT = 2**24  # bytes; what these tests let through

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def through(head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes] | None:
    pipe = io.BytesIO()
    write_frame(pipe, head, body)
    pipe.seek(0)
    return read_frame(pipe, BODY_LIMIT)


def raw(head: bytes, body: bytes = b"") -> io.BytesIO:
    return io.BytesIO(struct.pack(">II", len(head), len(body)) + head + body)


@given(st.dictionaries(st.text(), JSON), st.binary())
def test_a_frame_comes_out_as_it_went_in(head: dict[str, Any], body: bytes) -> None:
    assert through(head, body) == (head, body)


def test_a_file_name_that_is_not_utf8_comes_out_as_it_went_in() -> None:
    name = b"caf\xe9.pdf".decode("utf-8", "surrogateescape")
    assert through({"path": name}) == ({"path": name}, b"")


def test_frames_follow_one_another_to_a_clean_end() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"a": 1}, memoryview(b"one"))
    write_frame(pipe, {}, bytearray(b"two"))
    pipe.seek(0)
    assert [read_frame(pipe, 3) for _ in range(3)] == [({"a": 1}, b"one"), ({}, b"two"), None]


@pytest.mark.parametrize(
    "pipe",
    [
        io.BytesIO(b"\0\0"),
        io.BytesIO(struct.pack(">II", 10, 0) + b"{}"),
        io.BytesIO(struct.pack(">II", 2, 10) + b"{}short"),
        io.BytesIO(b"Warning: something was printed here"),
        raw(b""),
        raw(b"{"),
        raw(b"\xff\xfe"),
        raw(b"[1, 2]"),
        raw(b"null"),
        raw(b'{"n": ' + b"9" * 5000 + b"}"),
        raw(b"[" * 100_000),
    ],
)
def test_what_is_not_a_frame_is_refused(pipe: io.BytesIO) -> None:
    with pytest.raises(PipeError):
        read_frame(pipe, BODY_LIMIT)


@pytest.mark.parametrize(("head", "body"), [(HEAD_LIMIT + 1, 0), (2, BODY_LIMIT + 1), (2**32 - 1, 2**32 - 1)])
def test_a_frame_that_is_too_large_is_refused_before_it_is_read(head: int, body: int) -> None:
    pipe = io.BytesIO(struct.pack(">II", head, body) + b"{}")
    with pytest.raises(PipeError, match="too large"):
        read_frame(pipe, BODY_LIMIT)
    assert pipe.tell() == 8


def test_who_expects_no_body_takes_none() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {}, b"x")
    pipe.seek(0)
    with pytest.raises(PipeError, match="too large"):
        read_frame(pipe)


@given(st.binary(max_size=200))
def test_garbage_gives_a_frame_or_a_pipe_error_and_nothing_else(data: bytes) -> None:
    try:
        frame = read_frame(io.BytesIO(data), BODY_LIMIT)
    except PipeError:
        return
    assert frame is None or json.dumps(frame[0])


def test_a_large_body_crosses_a_real_pipe() -> None:
    receive, send = os.pipe()
    body = bytes(range(256)) * 40_000
    with os.fdopen(receive, "rb") as reader, os.fdopen(send, "wb") as writer:
        thread = threading.Thread(target=write_frame, args=(writer, {}, body))
        thread.start()
        assert read_frame(reader, BODY_LIMIT) == ({}, body)
        thread.join()
