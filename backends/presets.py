"""Each server's dialect and each model's quirks, as data.

Nothing here talks to anybody.  A server that differs from what stands here is a line here, not a branch
in the client.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.model.limits import Limits, Sight
from app.model.messages import Steering
from app.model.profiles import Effort, Profile, Thinking
from app.model.sentences import Sentence, sentence
from app.serving import url_of

Fragment = Mapping[str, Any]

LOCAL = "local"  # the preset of a model that runs inside the app: see `backends.on_this_computer`
MIB = 2**20
KNOWN_CONTAINERS = ("video/mp4", "video/quicktime", "video/x-matroska", "video/webm")


class Clips(StrEnum):
    """How a server wants a video."""

    STILLS = "stills"
    VIDEO_URL = "video_url"


@dataclass(frozen=True, slots=True)
class Continuation:
    """How a server is made to go on with a reply that has begun.

    `fragment` is merged into the body.  The reply is the last message; `field` is where its thinking stands, empty for
    within its text.
    """

    fragment: Fragment = field(default_factory=dict)
    field: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server wants to be spoken to.

    `label` is what it is called; `needs_key`: it answers nobody without one.
    `thinking` holds what is merged into the body for each value; `budget` the names under which it takes the most tokens
    of thinking, none where it takes no such thing; `always` what is merged into every body.  `continuation` is None
    where it has to be asked again; `ends_thinking`: it can be told to in mid-stream, at llama.cpp's
    ``/chat/completions/control``.  `models` are those that can be chosen
    where the server does not list them (`lists_models` False).  `usage_option`: it must be asked to count tokens.
    `media_ids`: it takes a content hash beside each picture, and so recognises one that it has seen.
    `parses_thinking`: thinking never comes in its content.  `strict`: it refuses a request with any field that it does
    not know.  `counter`: where it says how many tokens a conversation has, a path below its address, or below its host with a
    leading slash.
    """

    label: str | Sentence = ""
    base_url: str = ""
    needs_key: bool = False
    thinking: Mapping[Thinking, Fragment] = field(default_factory=dict)
    budget: tuple[str, ...] = ()
    always: Fragment = field(default_factory=dict)
    continuation: Continuation | None = None
    ends_thinking: bool = False
    clips: Clips = Clips.STILLS
    usage_option: bool = True
    media_ids: bool = False
    max_tokens: str = "max_tokens"
    parses_thinking: bool = False
    lists_models: bool = True
    models: tuple[str, ...] = ()
    strict: bool = False
    counter: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Quirk:
    """What one family of models does whoever serves it; `name` is found in the model's name.

    `always`: its thinking cannot be switched off, `least` is merged into the body instead.  `efforts`: it can be told how
    hard to think.  `opened`: its prompt ends with ``<think>``, so that a server without a parser sends only the closing
    tag.  `tagged`: it puts its answer between ``<answer>`` and ``</answer>``, and its template takes a begun reply as it
    is, tags and all.
    """

    name: str
    always: bool = False
    least: Fragment = field(default_factory=dict)
    efforts: bool = False
    opened: bool = False
    tagged: bool = False
    context: int | None = None
    pictures: int | None = None
    clips: int | None = None
    sight: Sight = Sight.UNKNOWN


_TEMPLATE_SWITCH: Mapping[Thinking, Fragment] = {
    Thinking.ON: {"chat_template_kwargs": {"enable_thinking": True}},
    Thinking.OFF: {"chat_template_kwargs": {"enable_thinking": False}},
}

# By which means it is that a body with this key steers a reply.
MEANS: Mapping[str, Steering] = {
    "chat_template_kwargs": Steering.TEMPLATE_SWITCH,
    "thinking": Steering.THINKING_FIELD,
    "reasoning_effort": Steering.EFFORT,
    "thinking_token_budget": Steering.TOKEN_BUDGET,
    "thinking_budget_tokens": Steering.TOKEN_BUDGET,
}

_ZAI = Dialect(
    label="Z.ai",
    needs_key=True,
    base_url="https://api.z.ai/api/paas/v4",
    thinking={
        Thinking.ON: {"thinking": {"type": "enabled"}},
        Thinking.OFF: {"thinking": {"type": "disabled"}},
    },
    clips=Clips.VIDEO_URL,
    parses_thinking=True,
    usage_option=False,  # it counts unasked, and the option is not in its schema
    lists_models=False,
    models=(
        "glm-5.3-flashx",
        "glm-5.3-flash",
        "glm-4.6v",
        "glm-4.6v-flash",
        "glm-4.6v-flashx",
        "glm-4.5v",
    ),
    limits=Limits(
        pictures=50,
        pixels=6000 * 6000,
        picture_bytes=5 * MIB - 1,
        clips=1,
        clip_bytes=200 * MIB,
        clip_mimes=KNOWN_CONTAINERS[:3],
    ),
)

_LLAMACPP = Dialect(
    label="llama.cpp",
    base_url="http://localhost:8080/v1",
    thinking=_TEMPLATE_SWITCH,
    budget=("thinking_budget_tokens", "reasoning_budget_tokens"),  # its versions differ in the name
    always={"reasoning_control": True},
    continuation=Continuation(field="reasoning_content"),
    ends_thinking=True,
    counter="chat/completions/input_tokens",
    limits=Limits(counts=True),
)

_VLLM = Dialect(
    label="vLLM",
    base_url="http://localhost:8000/v1",
    thinking=_TEMPLATE_SWITCH,
    budget=("thinking_token_budget",),
    continuation=Continuation(
        {"add_generation_prompt": False, "continue_final_message": True}, field="reasoning"
    ),
    clips=Clips.VIDEO_URL,
    media_ids=True,
    counter="/tokenize",
    limits=Limits(pixels=178_956_970, clips=1, clip_mimes=KNOWN_CONTAINERS, counts=True),
)

_SGLANG = Dialect(
    label="SGLang",
    base_url="http://localhost:30000/v1",
    thinking=_TEMPLATE_SWITCH,
    # It has no budget that would do: its logit processors must be switched on by the operator, are made for one
    # vocabulary each, and take the closing tag of an earlier turn for that of this one.
    # Its parser for GLM fails on a reply that goes on, and so must not be used there.
    continuation=Continuation({"continue_final_message": True, "separate_reasoning": False}),
    clips=Clips.VIDEO_URL,
    limits=Limits(clips=1, clip_mimes=KNOWN_CONTAINERS),
)

DIALECTS: Mapping[str, Dialect] = {
    "reader": Dialect(limits=Limits(hurries=False)),
    "vllm": _VLLM,
    "sglang": _SGLANG,
    "llamacpp": _LLAMACPP,
    LOCAL: replace(_LLAMACPP, label=sentence("backend.local"), base_url=""),
    # Those that Glimpse starts: see `app.serving`.
    "vllm_here": replace(_VLLM, label=sentence("backend.vllm_here"), base_url=url_of(8000)),
    "sglang_here": replace(_SGLANG, label=sentence("backend.sglang_here"), base_url=url_of(30000)),
    "ollama": Dialect(
        label="Ollama",
        base_url="http://localhost:11434/v1",
        # Left alone it thinks if its model can; told how hard, it refuses for a model that cannot.
        thinking={Thinking.OFF: {"reasoning_effort": "none"}},
    ),
    # Whether its models think is set there, and cannot be asked for.
    "lmstudio": Dialect(label="LM Studio", base_url="http://localhost:1234/v1"),
    "transformers": Dialect(
        label="transformers serve",
        base_url="http://localhost:8000/v1",
        usage_option=False,  # it counts unasked
        strict=True,
    ),
    "zai": _ZAI,
    "bigmodel": replace(
        _ZAI,
        label=sentence("backend.bigmodel"),
        base_url="https://open.bigmodel.cn/api/paas/v4",
        models=(*_ZAI.models, "glm-5v-turbo", "glm-4.1v-thinking-flash", "glm-4.1v-thinking-flashx"),
    ),
    "openai": Dialect(
        label=sentence("backend.openai_compatible"),
        base_url="https://api.openai.com/v1",
        thinking={Thinking.OFF: {"reasoning_effort": "none"}},
    ),
}

# The first that fits counts.
QUIRKS = (
    Quirk(
        "glm-5.3-flash",
        always=True,
        least={"reasoning_effort": Effort.LOW.value},
        efforts=True,
        opened=True,
        context=1_048_576,
        sight=Sight.GLM_5,
    ),
    Quirk("glm-5v-turbo", context=200_000, pictures=50, clips=2),
    Quirk("glm-4.6v", context=131_072, pictures=150, clips=2, sight=Sight.GLM_46V),
    Quirk("glm-4.5v", context=65_536, pictures=50, clips=1, sight=Sight.GLM_4V),
    Quirk("glm-4.1v", always=True, tagged=True, context=65_536, sight=Sight.GLM_4V),
)
_NO_QUIRK = Quirk("")


def dialect(preset: str) -> Dialect:
    """Return the dialect of a preset; one of a later version is spoken to as any OpenAI-compatible server."""
    return DIALECTS.get(preset, DIALECTS["openai"])


def quirk(model: str) -> Quirk:
    """Return what is known of a model by its name, whatever folder or spelling a server puts it in."""
    plain = model.lower().replace("_", "-")
    return next((known for known in QUIRKS if known.name in plain), _NO_QUIRK)


def limits(profile: Profile) -> Limits:
    """Return what a profile's backend takes, as far as that is known without asking it.

    What a model takes is the vendor's word about its own service; elsewhere the operator decides.
    """
    spoken = dialect(profile.preset)
    if profile.preset == LOCAL:
        eyes = spoken.limits.pictures if profile.weights.projector else 0
        known = quirk(profile.model or profile.weights.model)
        return replace(spoken.limits, context=profile.weights.context, pictures=eyes, sight=known.sight)
    known = quirk(profile.model)
    if spoken.lists_models:
        return replace(spoken.limits, sight=known.sight)
    return replace(
        spoken.limits,
        sight=known.sight,
        context=known.context,
        pictures=spoken.limits.pictures if known.pictures is None else known.pictures,
        clips=spoken.limits.clips if known.clips is None else known.clips,
    )


def base_url(profile: Profile) -> str:
    """Return where a profile's server answers; a bare host gets the usual ``/v1``."""
    url = (profile.base_url.strip() or dialect(profile.preset).base_url).rstrip("/")
    if "://" not in url:
        url = f"http://{url}"
    return url if "/" in url.partition("://")[2] else f"{url}/v1"
