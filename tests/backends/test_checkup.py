"""What servers tell of themselves, and nonsense in its place."""

from typing import Any

import pytest

from app.errors import Broken, Busy, Refused, Rejected, Unreachable
from app.model import Health, Limits
from backends import checkup

VLLM = {
    "object": "list",
    "data": [{"id": "glm-4.5v", "max_model_len": 4096}, {"id": "other", "max_model_len": 1}],
}
PROPS = {"default_generation_settings": {"n_ctx": 8192}, "modalities": {"vision": False, "audio": False}}
NONSENSE: list[Any] = [
    None,
    3,
    "x",
    [],
    {},
    {"data": 3},
    {"data": [None, {"id": 5}, {"id": ""}]},
    {"modalities": 1},
]


def test_models_in_the_servers_order() -> None:
    assert checkup.listed(VLLM) == ("glm-4.5v", "other")


def test_the_context_is_that_of_the_model_in_use() -> None:
    assert checkup.with_models(Limits(), VLLM, "glm-4.5v").context == 4096
    assert checkup.with_models(Limits(context=7), VLLM, "unknown").context == 7


def test_llama_cpp_tells_its_context_and_whether_it_sees() -> None:
    known = checkup.with_properties(Limits(), PROPS)
    assert (known.context, known.pictures) == (8192, 0)


@pytest.mark.parametrize("reply", NONSENSE, ids=str)
def test_nonsense_changes_nothing(reply: Any) -> None:
    assert checkup.listed(reply) == ()
    assert checkup.with_models(Limits(), reply, "m") == Limits()
    assert checkup.with_properties(Limits(), reply) == Limits()


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
    found = checkup.failed(error, ("m",))
    assert (found.health, found.sentence, found.models) == (health, error.sentence, ("m",))
