"""What a test found, and what a server counted."""

from typing import Any

import pytest

from app.errors import Broken, Busy, Refused, Rejected, Unreachable
from app.model.checkups import Health, Server
from backends import checkup
from tests.raw_replies import (
    DONE,
    HELLO,
    STOP,
    replies,
    sends,
)

SERVER = Server("http://127.0.0.1:8000/v1", "vllm")


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (Unreachable("backend.nobody", host="h"), Health.UNREACHABLE),
        (Broken("backend.lost"), Health.UNREACHABLE),
        (Refused("backend.wrong_key"), Health.REFUSED),
        (Rejected("backend.rejected", status=400, words="w"), Health.REFUSED),
        (Rejected("backend.no_model"), Health.NO_MODEL),
        (Rejected("backend.no_models"), Health.NO_MODEL),
        (Busy("backend.loading"), Health.LOADING),
    ],
)
def test_every_error_is_one_of_the_situations(error: Any, health: Health) -> None:
    found = checkup.failed(error, ("m",), SERVER)
    assert (found.health, found.sentence) == (health, error.sentence)
    assert (found.models, found.server) == (("m",), SERVER)


@pytest.mark.parametrize(
    ("reply", "tokens"),
    [
        ({"count": 9, "max_model_len": 4096}, 9),
        ({"input_tokens": 7}, 7),
        ({"count": True}, None),
        ({"count": "9"}, None),
        ([9], None),
        (None, None),
    ],
)
def test_what_a_server_counted(reply: Any, tokens: int | None) -> None:
    assert checkup.counted(reply) == tokens


MODELS = {"object": "list", "data": [{"id": "glm-4.5v", "max_model_len": 65536}]}


@pytest.mark.parametrize(
    ("models", "completion", "health", "key"),
    [
        (replies(200, MODELS), sends(HELLO, STOP, DONE), Health.WORKS, "backend.works"),
        (replies(404, {"detail": "Not Found"}), sends(HELLO, STOP), Health.WORKS, "backend.works"),
        (replies(401, {"error": "no"}), None, Health.REFUSED, "backend.wrong_key"),
        (replies(200, MODELS), replies(401, {}), Health.REFUSED, "backend.wrong_key"),
        (
            replies(200, MODELS),
            replies(404, {"error": {"message": "The model `x` does not exist."}}),
            Health.NO_MODEL,
            "backend.no_model",
        ),
        (replies(503, {"error": {"message": "Loading model"}}), None, Health.LOADING, "backend.loading"),
        (replies(200, MODELS), replies(503, b""), Health.LOADING, "backend.loading"),
        (replies(200, b"<html>"), None, Health.UNREACHABLE, "backend.web_page"),
        (replies(200, b"{"), None, Health.UNREACHABLE, "backend.garbled"),
        (replies(200, MODELS), sends(HELLO[:9]), Health.UNREACHABLE, "backend.cut_off"),
    ],
)
async def test_a_checkup_tells_situations_apart(
    play: Any, speak: Any, models: Any, completion: Any, health: Health, key: str
) -> None:
    asked = {"/v1/models": models, "/v1/chat/completions": completion}
    server = await play({path: behave for path, behave in asked.items() if behave is not None})
    found = await speak(server.url).check()
    assert (found.health, found.sentence.key) == (health, key)


async def test_a_checkup_of_nobody_and_of_nonsense(speak: Any) -> None:
    for url in ("http://127.0.0.1:1/v1", "ftp://x", "http://[", "http://a b/", "http://127.0.0.1:99999"):
        found = await speak(url).check()
        assert found.health is Health.UNREACHABLE, url


async def test_a_checkup_learns_the_context(play: Any, speak: Any) -> None:
    server = await play({"/v1/models": MODELS, "/v1/chat/completions": sends(HELLO, STOP, DONE)})
    backend = speak(server.url)
    found = await backend.check()
    assert found.models == ("glm-4.5v",)
    assert backend.limits.context == 65536
