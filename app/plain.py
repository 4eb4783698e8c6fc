"""Our frozen values as JSON and back, strictly.

What is read may have been damaged or made by a stranger, so nothing is converted: a value has the type that
the model says, or `NotPlainError` is raised.  A field that is missing takes its default (an earlier version wrote
it) and one that we do not know is ignored (a later version did).
"""

import json
import math
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_SCALARS = (str, int, bool, NoneType)


class NotPlainError(ValueError):
    """The data is not a value of that type."""


def dumps(value: object) -> str:
    """Return one of our values as JSON text."""
    return json.dumps(to_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """Return the value of type `kind` in the JSON `text`; raises `NotPlainError`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotPlainError("not JSON") from error
    return from_plain(kind, data)


def to_plain(value: Any) -> Any:
    """Return the value as what JSON knows: dictionaries, lists, text, numbers."""
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value


def from_plain(kind: type[T], data: Any) -> T:
    """Return the value of type `kind` that `to_plain` made `data` from; raises `NotPlainError`."""
    return cast("T", _build(kind, data))


@cache
def hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name."""
    return get_type_hints(kind)


def _build(kind: Any, data: Any) -> Any:
    if kind in _SCALARS:
        return _exactly(kind, data)
    if kind is float:
        return _number(data)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), data)
    if isinstance(kind, UnionType) or get_origin(kind) is Union:
        return _one_of(get_args(kind), data)
    if is_dataclass(kind):
        return _dataclass(kind, data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, data)
    raise TypeError(f"{kind} is not a plain type")


def _exactly(kind: type, data: Any) -> Any:
    if type(data) is not kind:  # isinstance would let a bool pass for an int
        raise NotPlainError(f"{type(data).__name__} where {kind.__name__} belongs")
    return data


def _number(data: Any) -> float:
    if type(data) not in (int, float):
        raise NotPlainError(f"{type(data).__name__} where a number belongs")
    try:
        number = float(data)
    except OverflowError as error:
        raise NotPlainError("a number beyond all bounds") from error
    if not math.isfinite(number):
        raise NotPlainError("a number that is none")
    return number


def _tuple(kinds: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    items = _exactly(list, data)
    if kinds[-1] is Ellipsis:
        return tuple(_build(kinds[0], item) for item in items)
    if len(items) != len(kinds):
        raise NotPlainError(f"{len(items)} items where {len(kinds)} belong")
    return tuple(_build(kind, item) for kind, item in zip(kinds, items, strict=True))


def _one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    for kind in kinds:
        try:
            return _build(kind, data)
        except NotPlainError:
            continue
    raise NotPlainError("none of the types that belong here")


def _dataclass(kind: Any, data: Any) -> Any:
    found = _exactly(dict, data)
    values = {}
    for field in fields(kind):
        if field.name in found:
            values[field.name] = _build(hints(kind)[field.name], found[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise NotPlainError(f"{kind.__name__} without {field.name}")
    return kind(**values)


def _member(kind: type[Enum], data: Any) -> Enum:
    try:
        return kind(_exactly(str, data))
    except ValueError as error:
        raise NotPlainError(f"no such {kind.__name__}") from error
