"""The command line that serves a GLM on these GPUs with vLLM or SGLang.  Pure: words in, words out.

The engine does the work, on one machine or on several; this only knows how it wants to be asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import Rejected
from app.gpus import Gpu
from app.serving import SGLANG, VLLM, Launch, Order, Served

PORTS = {VLLM: 8000, SGLANG: 30000}

PICTURES, CLIPS = 50, 1  # in one question
_CONTEXTS = (131_072, 65_536, 32_768, 16_384, 8192)  # tokens; a picture alone may take 6,000
_SPLITS = (1, 2, 4, 8)  # ways to split a model in one machine: every count of its heads can be divided so
_MOST = 64  # GPUs
_USED = 0.92  # of a GPU's memory: vLLM's own default, and about what SGLang takes
_HOPPER = 9  # the generation of GPUs that FlashAttention 3 is for
_MEETING, _RAY = 29_500, 6379  # ports at which several machines meet


@dataclass(frozen=True, slots=True)
class Recipe(Served):
    """How a model is served: sizes in bytes, contexts in tokens.

    `cache` is what a token takes in the cache, in all; `heads` in how many parts that can be split; `room` what
    each GPU needs besides, to calculate with.  `experts`: a mixture, whose experts are spread over the GPUs.
    """

    context: int
    cache: int
    heads: int
    room: int
    experts: bool = False
    tools: bool = True


# 46 layers, and 40, each with keys and values of 128 numbers of two bytes for every head.
_LARGE_CACHE, _SMALL_CACHE = 46 * 2 * 8 * 128 * 2, 40 * 2 * 2 * 128 * 2
_LARGE, _LARGE_FP8, _SMALL = 215 * 10**9, 112 * 10**9, 20_600 * 10**6
_GB = 10**9

RECIPES = (
    Recipe("zai-org/GLM-4.5V", "glm-4.5v", _LARGE, 65_536, _LARGE_CACHE, 8, 4 * _GB, experts=True),
    Recipe("zai-org/GLM-4.5V-FP8", "glm-4.5v", _LARGE_FP8, 65_536, _LARGE_CACHE, 8, 4 * _GB, experts=True),
    # It was not taught to call tools.
    Recipe(
        "zai-org/GLM-4.1V-9B-Thinking",
        "glm-4.1v-9b-thinking",
        _SMALL,
        65_536,
        _SMALL_CACHE,
        2,
        2 * _GB,
        tools=False,
    ),
    Recipe("zai-org/GLM-4.6V", "glm-4.6v", _LARGE, 131_072, _LARGE_CACHE, 8, 4 * _GB, experts=True),
    Recipe("zai-org/GLM-4.6V-FP8", "glm-4.6v", _LARGE_FP8, 131_072, _LARGE_CACHE, 8, 4 * _GB, experts=True),
    Recipe("zai-org/GLM-4.6V-Flash", "glm-4.6v-flash", _SMALL, 131_072, _SMALL_CACHE, 2, 2 * _GB),
)


@dataclass(frozen=True, slots=True)
class Split:
    """How a model is spread: over `gpus` in each of `machines`, with a context of so many tokens."""

    gpus: int
    context: int
    machines: int = 1


def launch(engine: str, recipe: Recipe, gpus: tuple[Gpu, ...], port: int = 0) -> Launch:
    """Return the command for one machine; raises `Rejected` when its GPUs cannot hold the model.

    It takes the fewest GPUs that hold the model with all of its context, else the most.  `port` 0 is the usual one.
    """
    return _launch(engine, recipe, _split(recipe, gpus), gpus, port)


def order(wanted: Order, gpus: tuple[Gpu, ...]) -> Launch:
    """Return the command for what was ordered; raises `Rejected`."""
    recipe = next((recipe for recipe in RECIPES if recipe.weights == wanted.weights), None)
    if recipe is None:
        names = ", ".join(recipe.weights for recipe in RECIPES)
        raise Rejected("serve.no_such_model", name=wanted.weights, names=names)
    return launch(wanted.engine, recipe, gpus, wanted.port)


def across(
    engine: str, recipe: Recipe, gpus: tuple[Gpu, ...], machines: int, address: str, port: int = 0
) -> tuple[Launch, ...]:
    """Return a command for each of several machines with such GPUs, to be typed there; raises `Rejected`.

    The first machine is the one that answers, and the others find it at `address`, a name or number of theirs for it.
    """
    split = _split(recipe, gpus, machines)
    meeting = _vllm_meeting if engine == VLLM else _sglang_meeting
    return tuple(
        _launch(engine, recipe, split, gpus, port, meeting(machines, rank, address))
        for rank in range(machines)
    )


def ray(
    recipe: Recipe, gpus: tuple[Gpu, ...], machines: int, address: str, port: int = 0
) -> tuple[tuple[str, ...], ...]:
    """Return what to type for vLLM on a Ray cluster: on the first machine, on each other, and then on the first.

    Raises `Rejected`.
    """
    split = _split(recipe, gpus, machines)
    serve = _launch(VLLM, recipe, split, gpus, port, ("--distributed-executor-backend", "ray"))
    first = ("ray", "start", "--head", "--node-ip-address", address, "--port", str(_RAY))
    return first, ("ray", "start", "--address", f"{address}:{_RAY}"), serve.words


def _vllm_meeting(machines: int, rank: int, address: str) -> tuple[str, ...]:
    words = (
        *("--nnodes", str(machines), "--node-rank", str(rank), "--master-addr", address),
        *("--master-port", str(_MEETING), "--distributed-executor-backend", "mp"),
    )
    return words if rank == 0 else (*words, "--headless")


def _sglang_meeting(machines: int, rank: int, address: str) -> tuple[str, ...]:
    return ("--nnodes", str(machines), "--node-rank", str(rank), "--dist-init-addr", f"{address}:{_MEETING}")


def _launch(
    engine: str, recipe: Recipe, split: Split, gpus: tuple[Gpu, ...], port: int, more: tuple[str, ...] = ()
) -> Launch:
    port = port or PORTS[engine]
    where = ("--host", "127.0.0.1", "--port", str(port), "--served-model-name", recipe.model)
    if engine == VLLM:
        words = ("vllm", "serve", recipe.weights, *where, *_vllm(recipe, split), *more)
        return Launch(words, (("VLLM_NO_USAGE_STATS", "1"),), recipe.weights, recipe.model, port)
    hopper = all(int(gpu.capability) == _HOPPER for gpu in gpus)
    words = (
        "sglang",
        "serve",
        "--model-path",
        recipe.weights,
        *where,
        *_sglang(recipe, split, hopper=hopper),
        *more,
    )
    # Pictures and clips of earlier turns stay encoded: a clip takes more than the 100 MB it would otherwise have.
    environment = (("SGLANG_VLM_CACHE_SIZE_MB", "1024"), ("SGLANG_USE_CUDA_IPC_TRANSPORT", "1"))
    # Memory is handed over that way between GPUs of NVIDIA only.
    kept = environment if all(gpu.capability for gpu in gpus) else environment[:1]
    return Launch(words, kept, recipe.weights, recipe.model, port)


def _vllm(recipe: Recipe, split: Split) -> Iterator[str]:
    yield from ("--max-model-len", str(split.context))
    if split.gpus > 1:
        yield from ("--tensor-parallel-size", str(split.gpus))
        # The eyes are small: a whole copy on each GPU is quicker than parts that wait for each other.
        yield from ("--mm-encoder-tp-mode", "data", "--mm-processor-cache-type", "shm")
    if split.machines > 1:
        yield from ("--pipeline-parallel-size", str(split.machines))
    if recipe.experts and split.gpus > 1:
        yield "--enable-expert-parallel"
    yield from ("--reasoning-parser", "glm45")
    if recipe.tools:
        yield from ("--tool-call-parser", "glm45", "--enable-auto-tool-choice")
    yield from ("--limit-mm-per-prompt", f'{{"image":{PICTURES},"video":{CLIPS}}}')
    # Pictures stay where they stand between the words.
    yield from ("--chat-template-content-format", "openai")
    yield "--enable-prompt-tokens-details"


def _sglang(recipe: Recipe, split: Split, *, hopper: bool) -> Iterator[str]:
    gpus = split.gpus * split.machines
    yield from ("--context-length", str(split.context))
    if gpus > 1:
        # The eyes have twelve heads, which eight GPUs cannot share: each gets a whole copy.
        yield from ("--tp-size", str(gpus), "--mm-enable-dp-encoder")
    if recipe.experts and gpus > 1:
        yield from ("--ep-size", str(gpus))
    yield from ("--reasoning-parser", "glm45")
    if recipe.tools:
        yield from ("--tool-call-parser", "glm45")
    yield from ("--limit-mm-data-per-request", f'{{"image":{PICTURES},"video":{CLIPS}}}')
    if hopper:
        yield from ("--attention-backend", "fa3", "--mm-attention-backend", "fa3")
    yield "--enable-cache-report"


def _split(recipe: Recipe, gpus: tuple[Gpu, ...], machines: int = 1) -> Split:
    """Return how to spread a model over one machine or several like it; raises `Rejected` when it does not fit."""
    if not gpus:
        raise Rejected("launch.no_gpu", model=recipe.weights)
    least = min(gpus, key=lambda gpu: gpu.memory)
    counts = [count for count in _SPLITS if count <= len(gpus)]
    # Over several machines all of each: who has the others wants their speed.
    tried = counts if machines == 1 else counts[-1:]
    fitting = [
        Split(count, context, machines)
        for count in tried
        if (context := _context(recipe, least, count, machines))
    ]
    if not fitting:
        raise _too_small(recipe, least, len(gpus) * machines)
    return max(fitting, key=lambda split: (split.context, -split.gpus))


def _context(recipe: Recipe, gpu: Gpu, gpus: int, machines: int = 1) -> int:
    """Return the longest context that fits beside the weights, 0 when none does."""
    free = gpu.memory * _USED - recipe.room - recipe.size / (gpus * machines)
    # Beyond its heads the cache is copied, not split; over machines it is split by layers.
    tokens = free * min(gpus, recipe.heads) * machines / recipe.cache
    return next((context for context in _CONTEXTS if context <= min(tokens, recipe.context)), 0)


def _too_small(recipe: Recipe, gpu: Gpu, found: int) -> Rejected:
    counts = (2**power for power in range(_MOST.bit_length()))
    needed = next((count for count in counts if _context(recipe, gpu, count)), 0)
    memory = round(gpu.memory / 2**30)
    if not needed:
        return Rejected("launch.gpu_too_small", model=recipe.weights, gpu=gpu.name, memory=memory)
    return Rejected(
        "launch.too_few_gpus", model=recipe.weights, n=needed, gpu=gpu.name, memory=memory, found=found
    )
