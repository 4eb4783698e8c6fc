"""What our environment tells us and nobody else may hear."""

import os

KEY = "GLIMPSE_API_KEY"


def take_key() -> str:
    """Return the key for the commands of the shell, '' where there is none, and forget it: no child is to inherit it."""
    return os.environ.pop(KEY, "")
