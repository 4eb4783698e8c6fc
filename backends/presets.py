"""Each server's dialect and each model's quirks, as data.

Nothing here talks to anybody.  A server that differs from what stands here is a line here, not a branch
in the client.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.model import Limits, Profile, Sentence, Thinking, sentence

Fragment = Mapping[str, Any]

MIB = 2**20
KNOWN_CONTAINERS = ("video/mp4", "video/quicktime", "video/x-matroska", "video/webm")


class Clips(StrEnum):
    """How a server wants a video."""

    STILLS = "stills"
    VIDEO_URL = "video_url"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server wants to be spoken to.

    `label` is what it is called; `needs_key`: it answers nobody without one.
    `thinking` holds what is merged into the body for each value; `models` are those that can be chosen
    where the server does not list them (`lists_models` False).  `usage_option`: it must be asked to count tokens.  `media_ids`: it takes a content hash beside each
    picture, and so recognises one that it has seen.  `parses_thinking`: thinking never comes in its content.  `tells_properties`: llama.cpp's ``/props``.
    """

    label: str | Sentence = ""
    base_url: str = ""
    needs_key: bool = False
    thinking: Mapping[Thinking, Fragment] = field(default_factory=dict)
    clips: Clips = Clips.STILLS
    usage_option: bool = True
    media_ids: bool = False
    max_tokens: str = "max_tokens"
    parses_thinking: bool = False
    lists_models: bool = True
    models: tuple[str, ...] = ()
    tells_properties: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Quirk:
    """What one family of models does whoever serves it; `name` is found in the model's name.

    `always`: its thinking cannot be switched off, `least` is merged into the body instead.  `opened`: its
    prompt ends with ``<think>``, so that a server without a parser sends only the closing tag.
    """

    name: str
    always: bool = False
    least: Fragment = field(default_factory=dict)
    opened: bool = False
    context: int | None = None
    pictures: int | None = None
    clips: int | None = None


_TEMPLATE_SWITCH: Mapping[Thinking, Fragment] = {
    Thinking.ON: {"chat_template_kwargs": {"enable_thinking": True}},
    Thinking.OFF: {"chat_template_kwargs": {"enable_thinking": False}},
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

DIALECTS: Mapping[str, Dialect] = {
    "reader": Dialect(),
    "vllm": Dialect(
        label="vLLM",
        base_url="http://localhost:8000/v1",
        thinking=_TEMPLATE_SWITCH,
        clips=Clips.VIDEO_URL,
        media_ids=True,
        limits=Limits(pixels=178_956_970, clips=1, clip_mimes=KNOWN_CONTAINERS),
    ),
    "sglang": Dialect(
        label="SGLang",
        base_url="http://localhost:30000/v1",
        thinking=_TEMPLATE_SWITCH,
        clips=Clips.VIDEO_URL,
        limits=Limits(clips=1, clip_mimes=KNOWN_CONTAINERS),
    ),
    "llamacpp": Dialect(
        label="llama.cpp",
        base_url="http://localhost:8080/v1",
        thinking=_TEMPLATE_SWITCH,
        tells_properties=True,
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
    Quirk("glm-5.3-flash", always=True, least={"reasoning_effort": "low"}, opened=True, context=1_048_576),
    Quirk("glm-5v-turbo", context=200_000, pictures=50, clips=2),
    Quirk("glm-4.6v", context=131_072, pictures=150, clips=2),
    Quirk("glm-4.5v", context=65_536, pictures=50, clips=1),
    Quirk("glm-4.1v", always=True, context=65_536),
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
    if spoken.lists_models:
        return spoken.limits
    known = quirk(profile.model)
    return replace(
        spoken.limits,
        context=known.context,
        pictures=spoken.limits.pictures if known.pictures is None else known.pictures,
        clips=spoken.limits.clips if known.clips is None else known.clips,
    )


def thinking_fragment(spoken: Dialect, model: str, thinking: Thinking) -> Fragment:
    """Return what a body needs so that the model thinks, or does not, as far as it can be told."""
    if quirk(model).always:
        return quirk(model).least if thinking is Thinking.OFF else {}
    return spoken.thinking.get(thinking, {})


def base_url(profile: Profile) -> str:
    """Return where a profile's server answers; a bare host gets the usual ``/v1``."""
    url = (profile.base_url.strip() or dialect(profile.preset).base_url).rstrip("/")
    if "://" not in url:
        url = f"http://{url}"
    return url if "/" in url.partition("://")[2] else f"{url}/v1"
