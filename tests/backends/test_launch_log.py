"""Lines as the servers write them, and what they mean."""

import pytest

from app.serving import Launch, LoadProgress
from backends import launch_log

LAUNCH = Launch(("vllm", "serve"), (), "zai-org/GLM-4.6V-Flash", "glm-4.6v-flash", 8000)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "model-00001-of-00004.safetensors:  12%|█▏   | 566M/4.95G [00:05<00:40, 108MB/s]",
            LoadProgress("model-00001-of-00004.safetensors", 0.12, fetching=True),
        ),
        ("Fetching 46 files: 100%|████| 46/46", LoadProgress("Fetching 46 files", 1.0, fetching=True)),
        (
            "(EngineCore pid=81) Loading safetensors checkpoint shards:  25% Completed | 1/4 [00:00<00:02, 1.2it/s]",
            LoadProgress("Loading safetensors checkpoint shards", 0.25, fetching=False),
        ),
        (
            "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  50%|█████ | 1/2",
            LoadProgress("Capturing CUDA graphs (mixed prefill-decode, PIECEWISE)", 0.5, fetching=False),
        ),
        ("bar: 999%", LoadProgress("bar", 1.0, fetching=True)),
        ("INFO 11-23 22:00:00 [loggers.py:1] GPU KV cache usage: 0.0%, Prefix cache hit rate: 50.0%", None),
        ("INFO: Application startup complete.", None),
        (": 5%", None),
        ("", None),
    ],
)
def test_a_bar_says_how_far_it_is(line: str, told: LoadProgress | None) -> None:
    assert launch_log.progress(line) == told


def test_the_cause_is_told_rather_than_what_followed_from_it() -> None:
    lines = ("torch.OutOfMemoryError: CUDA out of memory.", "RuntimeError: Engine core failed", "bar: 5%")
    assert launch_log.why(lines, LAUNCH).sentence.key == "launch.no_memory"


def test_a_bar_is_nobodys_last_words() -> None:
    told = launch_log.why(("Segmentation fault", "bar:  5%"), LAUNCH).sentence
    assert dict(told.args)["line"] == "Segmentation fault"


def test_who_said_nothing_has_no_last_words() -> None:
    assert launch_log.why((), LAUNCH).sentence.key == "launch.died_silently"


def test_last_words_are_short() -> None:
    assert len(str(dict(launch_log.why(("x" * 5000,), LAUNCH).sentence.args)["line"])) == 300
