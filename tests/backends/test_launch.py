"""Every model on every machine, as it is typed; the lines stand in `snapshots/launch.txt`."""

import json
import re
import shlex
from pathlib import Path

import pytest

from app.errors import Rejected
from app.gpus import Gpu
from app.i18n import say
from app.serving import SGLANG, VLLM
from backends import launch
from backends.launch import RECIPES, Recipe

SNAPSHOT = Path(__file__).with_name("snapshots") / "launch.txt"

SMALL = Gpu("NVIDIA GeForce RTX 4090", 24564 * 2**20, 8.9)
LARGE = Gpu("NVIDIA H100 80GB HBM3", 81559 * 2**20, 9.0)
MACHINES = {
    "1 × 24 GB": (SMALL,),
    "1 × 80 GB": (LARGE,),
    "4 × 80 GB": (LARGE,) * 4,
    "8 × 80 GB": (LARGE,) * 8,
}

LARGEST, FLASH = RECIPES[3], RECIPES[5]


def written() -> str:
    """Return every case as the snapshot has it."""
    blocks = []
    for recipe in RECIPES:
        for engine in (VLLM, SGLANG):
            for machine, gpus in MACHINES.items():
                blocks.append((f"{recipe.weights} · {engine} · {machine}", case(engine, recipe, gpus)))
            lines = [
                each.line() for each in launch.across(engine, recipe, MACHINES["8 × 80 GB"], 2, "10.0.0.1")
            ]
            blocks.append((f"{recipe.weights} · {engine} · 2 machines with 8 × 80 GB", lines))
        typed = launch.ray(recipe, MACHINES["8 × 80 GB"], 2, "10.0.0.1")
        blocks.append(
            (f"{recipe.weights} · vllm · 2 machines with Ray", [shlex.join(words) for words in typed])
        )
    return "\n".join("\n".join([f"# {title}", *map(folded, lines), ""]) for title, lines in blocks)


def case(engine: str, recipe: Recipe, gpus: tuple[Gpu, ...]) -> list[str]:
    try:
        return [launch.launch(engine, recipe, gpus).line()]
    except Rejected as error:
        return [say(error.sentence)]


def folded(line: str) -> str:
    """Return a command with a line for each of its options."""
    return line.replace(" --", " \\\n    --")


def test_every_model_on_every_machine_is_started_as_written() -> None:
    """To see what changed: delete the file, run this, and look at the difference."""
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(written(), "utf-8")
        pytest.fail(f"{SNAPSHOT} was not there; it is now")
    assert written() == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("engine", [VLLM, SGLANG])
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.weights)
def test_it_listens_on_this_computer_only_and_trusts_nobodys_code(engine: str, recipe: Recipe) -> None:
    words = launch.launch(engine, recipe, MACHINES["8 × 80 GB"], 8123).words
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "8123"
    assert not {"--trust-remote-code", "--allowed-local-media-path", "--api-key"} & set(words)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.weights)
@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("memory", [24, 32, 48, 80, 141, 192])
def test_what_is_started_fits(recipe: Recipe, count: int, memory: int) -> None:
    gpus = (Gpu("some", memory * 2**30),) * count
    try:
        words = launch.launch(VLLM, recipe, gpus).words
    except Rejected:
        usable = max(split for split in (1, 2, 4, 8) if split <= count)
        assert recipe.size / usable + recipe.room > memory * 2**30 * 0.85
        return
    used = int(words[words.index("--tensor-parallel-size") + 1]) if "--tensor-parallel-size" in words else 1
    tokens = int(words[words.index("--max-model-len") + 1])
    assert used <= count
    assert recipe.size / used + recipe.cache * tokens / min(used, recipe.heads) < memory * 2**30
    assert 8192 <= tokens <= recipe.context


def test_the_least_gpu_of_several_decides() -> None:
    words = launch.launch(VLLM, FLASH, (LARGE, SMALL)).words
    assert words[words.index("--tensor-parallel-size") + 1] == "2"


def test_three_gpus_cannot_share_what_needs_four() -> None:
    with pytest.raises(Rejected) as caught:
        launch.launch(VLLM, LARGEST, (LARGE,) * 3)
    assert "needs 4 graphics processors" in say(caught.value.sentence)


def test_no_gpu_and_one_far_too_small_are_told_apart() -> None:
    with pytest.raises(Rejected) as none:
        launch.launch(VLLM, FLASH, ())
    with pytest.raises(Rejected) as small:
        launch.launch(VLLM, FLASH, (Gpu("GT 710", 2 * 2**30, 3.5),) * 8)
    assert none.value.sentence.key == "launch.no_gpu"
    assert small.value.sentence.key == "launch.gpu_too_small"


def test_flash_attention_3_is_for_hopper_alone() -> None:
    older, newer = Gpu("A100", LARGE.memory, 8.0), Gpu("B200", LARGE.memory, 10.0)
    chosen = {gpu.name: "fa3" in launch.launch(SGLANG, FLASH, (gpu,)).words for gpu in (older, LARGE, newer)}
    assert chosen == {"A100": False, LARGE.name: True, "B200": False}


def test_memory_is_not_handed_over_as_cuda_does_on_amd() -> None:
    (only,) = launch.launch(SGLANG, FLASH, (Gpu("MI300X", 192 * 2**30),)).environment
    assert only == ("SGLANG_VLM_CACHE_SIZE_MB", "1024")


def test_the_line_is_what_a_shell_takes_for_the_same_words() -> None:
    made = launch.launch(VLLM, FLASH, (LARGE,))
    environment = [f"{name}={value}" for name, value in made.environment]
    assert shlex.split(made.line()) == [*environment, *made.words]
    limits = re.search(r"\{.*?\}", made.line())
    assert limits is not None
    assert json.loads(limits[0]) == {"image": 50, "video": 1}


def test_only_the_first_of_several_machines_answers() -> None:
    first, second = launch.across(VLLM, LARGEST, (LARGE,) * 8, 2, "gpu-1")
    assert "--headless" not in first.words
    assert "--headless" in second.words
    assert first.words[:-10] == second.words[: len(first.words) - 10]
