"""What is in the JSON of a stranger, whatever is there in its place.  Pure."""

from typing import Any

from app.clean import visible


def mapping(value: object) -> dict[str, Any]:
    """Return an object, empty for what is none."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list, none for what is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def count(value: object) -> int | None:
    """Return a number above 0, None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def answer(value: object) -> bool | None:
    """Return yes or no, None for what is neither."""
    return value if isinstance(value, bool) else None


def line(value: object, most: int) -> str:
    """Return a text as one line of at most so many characters, empty for what is none."""
    return visible(value[:most]) if isinstance(value, str) else ""
