import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.gguf import Head, NotGgufError, read_head
from tests.model_servers import MODELS


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key.encode()) + struct.pack("<I", kind) + value


def gguf(*entries: bytes) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


def test_a_real_model_and_its_projector_say_what_they_are() -> None:
    assert read_head(MODELS / "eye-glm41v.gguf").architecture == "glm4"
    assert read_head(MODELS / "eye-glm41v.gguf").context > 1024
    assert read_head(MODELS / "mmproj-eye-glm41v.gguf").architecture == "clip"


def test_what_stands_between_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    numbers = struct.pack("<IQ", 4, 3) + struct.pack("<III", 1, 2, 3)
    words = struct.pack("<IQ", 8, 2) + text(b"a") + text(b"bc")
    file.write_bytes(
        gguf(
            entry("general.tags", 9, words),
            entry("general.sizes", 9, numbers),
            entry("general.quiet", 7, b"\1"),
            entry("general.architecture", 8, text(b"glm4")),
            entry("glm4.context_length", 4, struct.pack("<I", 65536)),
            entry("tokenizer.ggml.tokens", 9, b"anything at all"),
        )
    )
    assert read_head(file) == Head("glm4", 65536)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGUF",
        b"<!doctype html>",
        gguf(),
        gguf(entry("a", 99, b"")),
        gguf(entry("a", 9, struct.pack("<IQ", 0, 2**40))),
        gguf(entry("a", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 9, 1))),
        gguf(struct.pack("<Q", 2**60) + b"key"),
        gguf(entry("general.architecture", 8, struct.pack("<Q", 2**62))),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(data)
    with pytest.raises(NotGgufError):
        read_head(file)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_noise_is_refused_or_read_but_never_breaks(tmp_path: Path, noise: bytes) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + noise)
    with contextlib.suppress(NotGgufError):
        read_head(file)
