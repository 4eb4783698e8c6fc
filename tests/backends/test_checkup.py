"""What a test found, and what a server counted."""

from typing import Any

import pytest

from app.errors import Broken, Busy, Refused, Rejected, Unreachable
from app.model.checkups import Health, Server
from backends import checkup

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
