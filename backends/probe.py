"""Who answers at an address: the kind of server, its version and models, and what it tells that they take.

`probe` asks; `recognise` makes of the replies what they mean, and is pure.  Every reply is a stranger's.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from app.errors import BackendError, Unreachable
from app.model.checkups import Server
from app.model.limits import Limits, Sight
from backends.presets import Clips, dialect, quirk
from backends.told import answer, count, line, mapping, mappings

PATIENCE = 3.0  # seconds for what a server tells of itself: without it there are still the presets
NAME_LIMIT = 200  # characters in the name of a model: a longer one is none
MODEL_LIMIT = 1000
_VERSION_LIMIT = 40

# Asks for the JSON at an address, with a body if need be; raises `BackendError`.
Ask = Callable[[str, dict[str, Any] | None], Awaitable[object]]
Replies = Mapping[str, object]

_HOSTED = {"api.z.ai": "zai", "open.bigmodel.cn": "bigmodel"}
_PATHS = (
    "/version",
    "/server_info",
    "/get_server_info",
    "/model_info",
    "/props",
    "/api/version",
    "/api/v0/models",
    "/api/v1/models",
)
_SHOWN, _RUNNING, _SCHEMA = "/api/show", "/api/ps", "/openapi.json"
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)


async def probe(url: str, ask: Ask, model: str = "") -> Server:
    """Return who answers at `url` (up to ``/v1``), and what it tells of `model`, or else of its first.

    Raises `BackendError` where nobody does, or the list of models is refused.  A service that is known by its host is
    not asked.
    """
    if _hosted(url):
        return recognise(url, None, {}, model)
    listing = await list_models(url, ask)
    root = url.removesuffix("/v1")
    told = await _told(root, ask, dict.fromkeys(_PATHS))
    found = recognise(url, listing, told, model)
    if found.preset == "ollama" and found.model:
        told |= await _told(root, ask, {_SHOWN: {"model": found.model}, _RUNNING: None})
    elif not found.preset:
        told |= await _told(root, ask, {_SCHEMA: None})
    return recognise(url, listing, told, model)


async def list_models(url: str, ask: Ask) -> object:
    """Return the reply of ``/models``, None from a server that lists nothing; raises `BackendError`."""
    try:
        return await ask(f"{url}/models", None)
    except Unreachable as error:
        if error.sentence.key != "backend.wrong_path":
            raise
        return None


async def _told(root: str, ask: Ask, asked: Mapping[str, dict[str, Any] | None]) -> dict[str, object]:
    """Return the replies of those paths that answer in time."""

    async def one(path: str, body: dict[str, Any] | None) -> object:
        try:
            async with asyncio.timeout(PATIENCE):
                return await ask(root + path, body)
        except (BackendError, TimeoutError):
            return None  # a path that this kind of server does not have

    replies = await asyncio.gather(*(one(path, body) for path, body in asked.items()))
    return dict(zip(asked, replies, strict=True))


def recognise(url: str, listing: object, told: Replies, model: str) -> Server:
    """Return the server that gave these replies: `listing` to ``/models``, `told` to the paths below its host."""
    entries = mappings(mapping(listing).get("data"))
    models = _names(entries)
    model = model or next(iter(models), "")
    entry = next((entry for entry in entries if entry.get("id") == model), {})
    preset = _hosted(url) or _preset(entries, told)
    spoken = dialect(preset)
    found = Server(
        url,
        preset,
        spoken.label if preset else "",
        models=models or (spoken.models if preset else ()),
        model=model,
        context=count(entry.get("max_model_len")),
        clips=False if preset and spoken.clips is Clips.STILLS else None,
        # vLLM also tells under which name it was loaded, where the operator gave it another.
        sight=_sight(model, entry.get("root")),
    )
    reader = _READERS.get(preset)
    return found if reader is None else reader(found, told)


def limits(known: Limits, server: Server) -> Limits:
    """Return what is known of a backend with what its server told in its place."""
    return replace(
        known,
        context=server.context or known.context,
        pictures=0 if server.pictures is False else known.pictures,
        clips=0 if server.clips is False else known.clips,
        sight=known.sight if server.sight is Sight.UNKNOWN else server.sight,
    )


def _hosted(url: str) -> str:
    """Return the preset of a service that is known by its host, empty for others."""
    try:
        return _HOSTED.get(urlsplit(url).hostname or "", "")
    except ValueError:
        return ""  # no address at all, as whoever connects will say


def _names(entries: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names of the models, in the server's order."""
    names = (entry.get("id") for entry in entries)
    return tuple(name for name in names if isinstance(name, str) and 0 < len(name) <= NAME_LIMIT)[
        :MODEL_LIMIT
    ]


def _sight(*names: object) -> Sight:
    seen = (quirk(name).sight for name in names if isinstance(name, str))
    return next((one for one in seen if one is not Sight.UNKNOWN), Sight.UNKNOWN)


def _preset(entries: list[dict[str, Any]], told: Replies) -> str:
    owners = {owner for entry in entries if isinstance(owner := entry.get("owned_by"), str)}
    paths = mapping(mapping(told.get(_SCHEMA)).get("paths"))
    # In this order: some answer at the paths of others, so that the others' programs can use them.
    signs = (
        ("vllm", "vllm" in owners),
        ("sglang", "sglang" in owners or "served_model_name" in _sglang_info(told)),
        ("llamacpp", "llamacpp" in owners or "default_generation_settings" in mapping(told.get("/props"))),
        ("lmstudio", any("type" in entry for entry in _lmstudio_models(told))),
        ("ollama", bool(line(mapping(told.get("/api/version")).get("version"), _VERSION_LIMIT))),
        ("transformers", {"/load_model", "/reset", "/v1/chat/completions"} <= paths.keys()),
    )
    return next((preset for preset, there in signs if there), "")


def _vllm(found: Server, told: Replies) -> Server:
    return replace(found, version=_version(mapping(told.get("/version"))))


def _sglang(found: Server, told: Replies) -> Server:
    info = _sglang_info(told)
    return replace(
        found,
        version=_version(info),
        context=found.context or count(info.get("context_length")),
        pictures=answer(mapping(told.get("/model_info")).get("has_image_understanding")),
    )


def _sglang_info(told: Replies) -> dict[str, Any]:
    return mapping(told.get("/server_info")) or mapping(told.get("/get_server_info"))


def _llamacpp(found: Server, told: Replies) -> Server:
    properties = mapping(told.get("/props"))
    senses = mapping(properties.get("modalities"))
    build = line(properties.get("build_info"), _VERSION_LIMIT)
    return replace(
        found,
        version="" if build.endswith("unknown") else build,
        context=count(mapping(properties.get("default_generation_settings")).get("n_ctx")),
        pictures=answer(senses.get("vision")),
    )


def _ollama(found: Server, told: Replies) -> Server:
    """Read Ollama; its context is that of the loaded model, or of its settings, and else nobody's guess."""
    shown = mapping(told.get(_SHOWN))
    running = mappings(mapping(told.get(_RUNNING)).get("models"))
    loaded = next((each for each in running if found.model in (each.get("name"), each.get("model"))), {})
    able, settings = shown.get("capabilities"), shown.get("parameters")
    asked_for = _NUM_CTX.search(settings) if isinstance(settings, str) else None
    return replace(
        found,
        version=_version(mapping(told.get("/api/version"))),
        context=count(loaded.get("context_length")) or (count(int(asked_for[1])) if asked_for else None),
        pictures="vision" in able if isinstance(able, list) else None,
    )


def _lmstudio(found: Server, told: Replies) -> Server:
    models = _lmstudio_models(told)
    entry = next((each for each in models if found.model in (each.get("id"), each.get("key"))), {})
    instance = next(iter(mappings(entry.get("loaded_instances"))), {})
    sees = answer(mapping(entry.get("capabilities")).get("vision"))
    kinds = {"vlm": True, "llm": False}
    kind = entry.get("type")
    return replace(
        found,
        context=count(entry.get("loaded_context_length"))
        or count(mapping(instance.get("config")).get("context_length")),
        pictures=kinds.get(kind) if sees is None and isinstance(kind, str) else sees,
    )


def _lmstudio_models(told: Replies) -> list[dict[str, Any]]:
    """Return its own list of models, which tells more: that of the old path, or of the new one."""
    old = mappings(mapping(told.get("/api/v0/models")).get("data"))
    return old or mappings(mapping(told.get("/api/v1/models")).get("models"))


def _version(told: Mapping[str, Any]) -> str:
    return line(told.get("version"), _VERSION_LIMIT)


_READERS: Mapping[str, Callable[[Server, Replies], Server]] = {
    "vllm": _vllm,
    "sglang": _sglang,
    "llamacpp": _llamacpp,
    "ollama": _ollama,
    "lmstudio": _lmstudio,
}
