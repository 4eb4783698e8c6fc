"""What macOS lets this process see.  Without permission it hands out the wallpaper and says nothing."""

import ctypes
from typing import Any

_CORE_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"


def load() -> Any:
    """Return the library that knows; only macOS has it."""
    return ctypes.CDLL(_CORE_GRAPHICS)


def screen_allowed() -> bool:
    """Return whether the user allowed this app to record the screen (older systems need no permission)."""
    return _ask("CGPreflightScreenCaptureAccess")


def ask_for_screen() -> bool:
    """Have macOS ask the user, which it does once; what they answer counts after a restart of the app."""
    return _ask("CGRequestScreenCaptureAccess")


def _ask(name: str) -> bool:
    question = getattr(load(), name, None)
    if question is None:
        return True
    question.restype = ctypes.c_bool
    return bool(question())
