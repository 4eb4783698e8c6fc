"""What is known of servers and models before they are asked."""

import pytest

from app.model.limits import Sight
from app.model.profiles import Profile
from backends.presets import DIALECTS, base_url, dialect, limits, quirk


def profile(preset: str, url: str = "", model: str = "") -> Profile:
    return Profile("p", "P", preset, url, model)


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("", "http://localhost:8000/v1"),
        ("gpu-box:8000", "http://gpu-box:8000/v1"),
        ("http://gpu-box:8000/", "http://gpu-box:8000/v1"),
        (" http://gpu-box:8000/v1/ ", "http://gpu-box:8000/v1"),
        ("https://host/api/paas/v4", "https://host/api/paas/v4"),
    ],
)
def test_an_address_as_people_type_it(url: str, full: str) -> None:
    assert base_url(profile("vllm", url)) == full


def test_hosted_models_have_the_limits_of_their_vendor() -> None:
    known = limits(profile("zai", model="glm-4.6v"))
    assert (known.context, known.pictures, known.clips) == (131_072, 150, 2)
    assert known.picture_bytes is not None
    assert known.picture_bytes < 5 * 2**20
    assert limits(profile("zai", model="glm-4.5v")).pictures == 50


def test_what_a_server_of_ones_own_takes_is_for_its_operator_to_say() -> None:
    assert limits(profile("vllm", model="glm-4.5v")).context is None
    assert limits(profile("llamacpp")).clips == 0


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("zai-org/GLM-4.5V-FP8", "glm-4.5v"),
        ("/models/glm_4.1v_9b_thinking.gguf", "glm-4.1v"),
        ("GLM-5.3-FlashX", "glm-5.3-flash"),
        ("glm-4.6v-flash", "glm-4.6v"),
        ("gpt-4o", ""),
    ],
)
def test_a_model_is_known_by_its_name_wherever_it_lies(model: str, family: str) -> None:
    assert quirk(model).name == family


@pytest.mark.parametrize(
    ("preset", "model", "sight", "counts"),
    [
        ("vllm", "zai-org/GLM-4.6V", Sight.GLM_46V, True),
        ("zai", "glm-4.5v", Sight.GLM_4V, False),
        ("zai", "glm-5.3-flashx", Sight.GLM_5, False),
        ("llamacpp", "glm-4.1v-9b", Sight.GLM_4V, True),
        ("local", "GLM-4.6V-Flash", Sight.GLM_46V, True),
        ("openai", "gpt-4o", Sight.UNKNOWN, False),
    ],
)
def test_how_a_model_looks_and_whether_its_server_counts(
    preset: str, model: str, sight: Sight, counts: bool
) -> None:
    known = limits(profile(preset, model=model))
    assert (known.sight, known.counts) == (sight, counts)


def test_a_preset_of_a_later_version_is_spoken_to_like_any_server() -> None:
    assert dialect("telepathy") is DIALECTS["openai"]
