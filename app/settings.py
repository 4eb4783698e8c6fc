"""What the user has chosen, as one frozen value in one file.  Keys are never in it: see `app.keys`."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from app import plain
from app.errors import StoreError
from app.files import unwritable, write_atomic
from app.i18n import LANGUAGES
from app.model.profiles import Profile, Service, Weights
from app.model.sentences import Sentence, sentence

READER = Profile(id="reader", name="", preset="reader")
THEMES = ("system", "light", "dark")
CONTEXTS = 1024, 2**20  # the least and the most of a model in the app, in tokens
THREAD_LIMIT, LAYER_LIMIT = 1024, 10_000
CAPTURES_LIMIT = 1000  # that are remembered
BUDGET_LIMIT = 1_000_000  # tokens of thinking: no model thinks longer
PRESETS = (
    READER.preset,
    "vllm",
    "sglang",
    "llamacpp",
    "local",
    "vllm_here",
    "sglang_here",
    "ollama",
    "lmstudio",
    "transformers",
    "zai",
    "bigmodel",
    "openai",
)

_LIMIT = 2**20  # bytes: a file that is longer is none of ours
_PATH = 4096  # characters of a path
_WORD = 100  # characters of an id or a chord
_FAR = 100_000  # logical pixels: no desktop reaches further
_ANY_SERVER = "openai"  # how a server is spoken to whose preset is not known here


_HOTKEY = {"is": "a hotkey"}


def _hotkey(usual: str) -> str:
    """Return a field for a key that works everywhere; its name is that of what it is for, and of `hotkeys.NAME`."""
    chord: str = field(default=usual, metadata=_HOTKEY)
    return chord


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; `language` empty is the system's, `profile` the id of the backend in use.

    `window` is left, top, width and height in logical pixels, `last_region` the same of what was captured last, in
    physical ones.  `captures_kept` is how many captures are remembered, `save_folder` where one was saved last.
    """

    language: str = ""
    theme: str = "system"
    profiles: tuple[Profile, ...] = (READER,)
    profile: str = READER.id
    capture_region: str = _hotkey("ctrl+shift+a")
    capture_screen: str = _hotkey("ctrl+shift+s")
    capture_window: str = _hotkey("")
    capture_last: str = _hotkey("")
    capture_pointer: bool = False
    last_region: tuple[int, int, int, int] | None = None
    captures_kept: int = 100
    save_folder: str = ""
    reasoning_open: bool = False
    window: tuple[int, int, int, int] | None = None
    history_open: bool = True


# The names of the settings that are hotkeys, and their usual chords.
HOTKEYS = {one.name: str(one.default) for one in fields(Settings) if one.metadata == _HOTKEY}


def load(path: Path) -> tuple[Settings, Sentence | None]:
    """Return the settings and what the user should know about them.

    No file gives the defaults.  A value that makes no sense gives that value's default; the file is then copied
    aside, because the next `save` replaces it.  Raises nothing.
    """
    try:
        text = _read(path)
    except FileNotFoundError:
        return Settings(), None
    except OSError:
        return Settings(), sentence("store.settings_unreadable")
    data, faults = _parse(text)
    settings = _settings(data, faults)
    if not faults:
        return settings, None
    return settings, _set_aside(path, text)


def save(path: Path, settings: Settings) -> None:
    """Replace the file, durably; what a later version wrote into it stays.

    Raises `Full`, and `StoreError` for more than could be read again.
    """
    try:
        before, _ = _parse(_read(path))
    except OSError:  # there is none, or none that could be kept
        before = {}
    try:
        write_atomic(path, _spelled(_merged(before, plain.to_plain(settings))))
    except ValueError as error:
        raise StoreError("store.too_long") from error
    except OSError as error:
        raise unwritable(error) from error


def with_changes(now: Settings, before: Settings, after: Settings) -> Settings:
    """Return `now` with each setting that `after` has otherwise than `before`; all profiles are one setting."""
    every = ((one.name, getattr(before, one.name), getattr(after, one.name)) for one in fields(Settings))
    return _with_a_profile(replace(now, **{name: new for name, old, new in every if new != old}))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LIMIT + 1)


def _parse(text: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return the object in the file, an empty one when it holds none, and the faults found."""
    try:
        data = json.loads(text) if len(text) <= _LIMIT else None
        _spelled(data)  # what could not be written again counts as damaged, too
    except (ValueError, RecursionError):
        data = None
    return (data, []) if isinstance(data, dict) else ({}, ["file"])


def _spelled(data: Any) -> bytes:
    """Return the text of the file; raises `ValueError` when it is too long, `RecursionError` when nested too deep."""
    text = json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
    if len(text) > _LIMIT:
        raise ValueError(f"{len(text)} bytes")
    return text


def _settings(data: dict[str, Any], faults: list[str]) -> Settings:
    """Return the settings in the data; the names of the values that made no sense go to `faults`."""
    values = _values(Settings, data, faults)
    if "profiles" in data:
        values["profiles"] = _profiles(data["profiles"], faults)
    found = Settings(**values)
    settings = _with_a_profile(found)
    if settings != found:
        faults.append("profile")
    return settings


def _with_a_profile(settings: Settings) -> Settings:
    """Return the settings with the reader in use where the profile in use is not one of them."""
    ids = {profile.id for profile in settings.profiles}
    return settings if settings.profile in ids else replace(settings, profile=READER.id)


def _profiles(data: Any, faults: list[str]) -> tuple[Profile, ...]:
    """Return the profiles that make sense, each id once, the built-in reader always first and as it was built."""
    found = {READER.id: READER}
    for item in data if isinstance(data, list) else [data]:
        # An unknown preset is a later version's, or a slip: the address may still answer.
        values = {"preset": _ANY_SERVER} | (_values(Profile, item, faults) if isinstance(item, dict) else {})
        name, preset = values.get("id"), values["preset"]
        if (name, preset) == (READER.id, READER.preset):
            found[READER.id] = replace(READER, in_words=values.get("in_words", READER.in_words))
            continue
        if name is None or name in found or preset == READER.preset or "name" not in values:
            faults.append("profiles")
        else:
            found[name] = Profile(**values)
    return tuple(found.values())


def _values(kind: type, data: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """Return those fields of a dataclass that the data has, in their proper types and bounds."""
    values = {}
    for one in fields(kind):
        if one.name in data and one.name != "profiles":
            try:
                values[one.name] = _value(plain.hints(kind)[one.name], one.name, data[one.name])
            except plain.NotPlainError:
                faults.append(one.name)
    return values


def _value(kind: Any, name: str, data: Any) -> Any:
    value = plain.from_plain(kind, data)
    if not _is_whole(value) or (name in _BOUNDS and not _BOUNDS[name](value)):
        raise plain.NotPlainError(f"no {name}")
    return value


def _is_whole(value: object) -> bool:
    """Say whether it can be sent and written: JSON can spell half of a surrogate pair."""
    return not isinstance(value, str) or value.encode("utf-8", "replace").decode("utf-8") == value


def _is_word(text: str) -> bool:
    return 0 < len(text) <= _WORD


def _is_chord(text: str) -> bool:
    return not text or _is_word(text)


def _is_path(text: str) -> bool:
    return len(text) <= _PATH and "\0" not in text


def _is_budget(tokens: int | None) -> bool:
    return tokens is None or 1 <= tokens <= BUDGET_LIMIT


def _is_weights(weights: Weights) -> bool:
    threads, layers = weights.threads, weights.layers
    return (
        _is_whole(weights.model)
        and _is_whole(weights.projector)
        and max(len(weights.model), len(weights.projector)) <= _PATH
        and CONTEXTS[0] <= weights.context <= CONTEXTS[1]
        and (threads is None or 1 <= threads <= THREAD_LIMIT)
        and (layers is None or 0 <= layers <= LAYER_LIMIT)
    )


def _is_service(service: Service) -> bool:
    return _is_whole(service.weights) and len(service.weights) <= _PATH


def _is_place(frame: tuple[int, int, int, int] | None) -> bool:
    """Say whether a window may be there; Qt takes no number that is far larger."""
    if frame is None:
        return True
    left, top, width, height = frame
    return max(abs(left), abs(top), width, height) <= _FAR and min(width, height) >= 1


# What a value must be beside being of its type, by the name of its field.
_BOUNDS: dict[str, Callable[[Any], bool]] = {
    "language": ("", *LANGUAGES).__contains__,
    "theme": THEMES.__contains__,
    **dict.fromkeys(HOTKEYS, _is_chord),
    "last_region": _is_place,
    "captures_kept": range(CAPTURES_LIMIT + 1).__contains__,
    "save_folder": _is_path,
    "window": _is_place,
    "id": _is_word,
    "preset": PRESETS.__contains__,
    "budget": _is_budget,
    "weights": _is_weights,
    "service": _is_service,
}


def _merged(before: Any, now: Any) -> Any:
    """Return `now` with what only `before` had: fields that this version does not know."""
    if isinstance(before, dict) and isinstance(now, dict):
        return before | {name: _merged(before.get(name), value) for name, value in now.items()}
    if isinstance(before, list) and isinstance(now, list):
        known = {item["id"]: item for item in before if _has_id(item)}
        return [_merged(known.get(item["id"]), item) if _has_id(item) else item for item in now]
    return now


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _set_aside(path: Path, text: bytes) -> Sentence:
    """Copy a file that was not understood, once for each content, and return what to tell the user."""
    aside = path.with_name(f"{path.stem}.damaged-{zlib.crc32(text):08x}{path.suffix}")
    try:
        if not aside.exists():
            write_atomic(aside, text)
    except OSError:
        return sentence("store.settings_unreadable")
    return sentence("store.settings_damaged", name=aside.name)
