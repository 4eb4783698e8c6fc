"""What is told of a server, in words."""

from dataclasses import replace

import pytest

from app import i18n
from app.model.checkups import Checkup, Health, Server
from app.model.limits import Sight
from app.model.sentences import sentence
from app.servers import described, finding, is_at

VLLM = Server("http://127.0.0.1:8000/v1", "vllm", "vLLM", "0.32.0", ("glm-4.5v",), "glm-4.5v", 65_536)
WORKS = Checkup(Health.WORKS, sentence("backend.works", model="glm-4.5v"))


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (replace(VLLM, sight=Sight.GLM_4V), "vLLM 0.32.0, glm-4.5v, 65,536 tokens, pictures and video"),
        (VLLM, "vLLM 0.32.0, glm-4.5v, 65,536 tokens"),
        (replace(VLLM, pictures=False), "vLLM 0.32.0, glm-4.5v, 65,536 tokens, text only"),
        (
            replace(VLLM, pictures=False, sight=Sight.GLM_4V),
            "vLLM 0.32.0, glm-4.5v, 65,536 tokens, text only",
        ),
        (replace(VLLM, pictures=True, clips=False), "vLLM 0.32.0, glm-4.5v, 65,536 tokens, pictures"),
        (Server("u", "lmstudio", "LM Studio", model="/a/b/eye.gguf"), "LM Studio, eye"),
        (Server("u", "vllm", "vLLM", model="m" * 100), f"vLLM, {'m' * 60}…"),
        (Server("u", "vllm", "vLLM", model="a\nb\u202ec"), "vLLM, a bc"),
    ],
)
def test_what_is_known_is_said(server: Server, words: str) -> None:
    assert described(server) == words


def test_it_is_said_in_chinese() -> None:
    i18n.use("zh")
    try:
        told = described(replace(VLLM, pictures=True, clips=True))
    finally:
        i18n.use("en")
    assert told == "vLLM 0.32.0，glm-4.5v，上下文 65,536 token，支持图片和视频"


def test_a_test_names_what_it_found() -> None:
    assert i18n.say(finding(replace(WORKS, server=VLLM))) == "Works: vLLM 0.32.0, glm-4.5v, 65,536 tokens."
    assert finding(WORKS) == WORKS.sentence
    assert finding(replace(WORKS, server=Server("u"))) == WORKS.sentence
    broken = Checkup(Health.REFUSED, sentence("backend.wrong_key"), server=VLLM)
    assert finding(broken) == broken.sentence


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("http://localhost:8000/v1", True),
        ("localhost:8000", True),
        ("http://[::1]:8000/v1/", True),
        ("http://127.0.0.1:8001/v1", False),
        ("http://gpu-box:8000/v1", False),
        ("http://127.0.0.1:99999/v1", False),
        ("", False),
    ],
)
def test_an_address_as_people_type_it(url: str, there: bool) -> None:
    assert is_at(VLLM, url) is there
