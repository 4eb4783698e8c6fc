"""What pictures and clips cost, held against what the real processors said: see `tests.token_cases`."""

import json
from dataclasses import replace

import pytest

from app.model.attachments import Blob, Clip
from app.model.limits import Sight
from app.sight import clip_frames, clip_tokens, picture_tokens
from tests.token_cases import KEPT, ours

SAMPLE = json.loads(KEPT.read_text())
CLIP = Clip(Blob("c" * 64, 1_000_000, "video/mp4"), 1280, 720, seconds=10, rate=30)


@pytest.mark.parametrize("kept", SAMPLE, ids=[f"{n}-{one['case']['sight']}" for n, one in enumerate(SAMPLE)])
def test_it_costs_what_the_real_processor_says(kept: dict[str, dict[str, object]]) -> None:
    assert ours(kept["case"]) == kept["says"]


def test_the_sample_has_every_way_of_looking_at_pictures_and_clips() -> None:
    kinds = {(one["case"]["sight"], "total" in one["case"]) for one in SAMPLE}
    assert len(kinds) == 6


def test_no_picture_costs_more_than_the_model_can_use() -> None:
    assert picture_tokens(20_000, 20_000, Sight.GLM_46V) <= 6144 + 2
    assert picture_tokens(20_000, 20_000, Sight.GLM_5) <= 8000 + 2
    assert picture_tokens(2194, 2194) == picture_tokens(20_000, 20_000)


@pytest.mark.parametrize("sight", Sight)
def test_a_longer_clip_costs_more_until_its_frames_are_thinned_out(sight: Sight) -> None:
    counts = [len(clip_frames(replace(CLIP, seconds=seconds), sight)) for seconds in (2, 5, 10, 30, 4000)]
    assert counts == sorted(counts)
    assert all(count % 2 == 0 for count in counts)


@pytest.mark.parametrize("sight", Sight)
@pytest.mark.parametrize(
    ("seconds", "rate"), [(0, 30), (0.01, 30), (1e9, 1e9), (1e9, 1e-9), (5, 0), (1e9, 0), (1, 0.1)]
)
def test_what_no_clip_can_be_costs_something_and_at_once(sight: Sight, seconds: float, rate: float) -> None:
    strange = replace(CLIP, seconds=seconds, rate=rate)
    assert 0 < len(clip_frames(strange, sight)) <= 2048
    assert 0 < clip_tokens(strange, sight) < 300_000


def test_unknown_models_are_taken_to_look_as_glm_4v_does() -> None:
    assert clip_tokens(CLIP) == clip_tokens(CLIP, Sight.GLM_4V) != clip_tokens(CLIP, Sight.GLM_46V)
