"""What goes over the wire to each kind of server, exactly.  ``GLIMPSE_SNAPSHOTS=write`` writes what is meant."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.errors import Rejected
from app.model.attachments import Blob, Clip, Picture
from app.model.profiles import Sampling, Thinking
from app.model.requests import Request, Role, Said
from backends.presets import DIALECTS, dialect
from backends.translate import body

SNAPSHOTS = Path(__file__).with_name("snapshots")
SERVERS = sorted(set(DIALECTS) - {"reader"})

RED = Picture(Blob("aa11", 10, "image/png"), 112, 112)
PAGE = Picture(Blob("bb22", 20, "image/jpeg"), 800, 1000, number=3, text="words")
FILM = Clip(Blob("cc33", 30, "video/mp4"), 320, 240, 4.0, 10.0)


def user(*parts: Any) -> Said:
    return Said(Role.USER, parts)


HISTORY = (
    Said(Role.SYSTEM, ("Be short.",)),
    user("[report.pdf, page 3]", PAGE, "What is this?"),
    Said(Role.ASSISTANT, ("一份报告。",)),
    user("And this?"),
)

CASES = {
    "text": (Request((user("Hello"),)), "glm-4.5v"),
    "history": (Request(HISTORY), "glm-4.5v"),
    "two pictures": (Request((user(RED, PAGE, "Compare."),)), "glm-4.6v"),
    "thinking off": (Request((user("Hello"),), thinking=Thinking.OFF), "glm-4.5v"),
    "thinking as it comes": (Request((user("Hello"),), thinking=Thinking.ALWAYS), "glm-4.5v"),
    "sampling": (Request((user("Hello"),), sampling=Sampling(0.2, 0.9, 500)), "glm-4.5v"),
    "always thinking, off": (Request((user("Hello"),), thinking=Thinking.OFF), "zai-org/GLM-5.3-Flash-FP8"),
    "always thinking, on": (Request((user("Hello"),)), "glm-5.3-flash"),
    "cannot be told": (Request((user("Hello"),), thinking=Thinking.OFF), "GLM-4.1V-9B-Thinking"),
    "clip": (Request((user("[clip.mp4]", FILM, "What happens?"),)), "glm-4.5v"),
}


def url(blob: Any) -> str:
    return f"data:{blob.mime};base64,<{blob.digest}>"


def told(asked: Any, preset: str, model: str) -> Any:
    try:
        return body(asked, dialect(preset), model, url)
    except Rejected as error:
        return {"rejected": error.sentence.key}


@pytest.mark.parametrize("preset", SERVERS)
def test_bodies_are_exactly_as_they_were(preset: str) -> None:
    bodies = {name: told(asked, preset, model) for name, (asked, model) in CASES.items()}
    text = json.dumps(bodies, ensure_ascii=False, indent=1) + "\n"
    file = SNAPSHOTS / f"{preset}.json"
    if os.environ.get("GLIMPSE_SNAPSHOTS") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_only_vllm_gets_the_names_of_media() -> None:
    asked, model = CASES["two pictures"]
    named = {preset for preset in SERVERS if "uuid" in json.dumps(told(asked, preset, model))}
    assert named == {"vllm", "vllm_here"}


def test_a_server_without_videos_gets_none() -> None:
    for preset in ("llamacpp", "openai"):
        assert told(CASES["clip"][0], preset, "m") == {"rejected": "backend.no_clips"}


@pytest.mark.parametrize("preset", SERVERS)
def test_the_next_turn_repeats_the_one_before_byte_for_byte(preset: str) -> None:
    first = told(Request(HISTORY[:2]), preset, "glm-4.5v")
    second = told(Request(HISTORY), preset, "glm-4.5v")
    assert second["messages"][:2] == first["messages"]
    rest = {name: value for name, value in second.items() if name != "messages"}
    assert rest == {name: value for name, value in first.items() if name != "messages"}


@pytest.mark.parametrize("preset", SERVERS)
def test_no_body_says_what_a_server_would_choke_on(preset: str) -> None:
    text = json.dumps([told(asked, preset, model) for asked, model in CASES.values()])
    for word in ("detail", "tools", "mm_processor_kwargs", "media_io_kwargs", "reasoning_content"):
        assert f'"{word}"' not in text
