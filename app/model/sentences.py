"""What is told to the user: kept untranslated, so that it follows the language of whoever reads it."""

from dataclasses import dataclass

Args = tuple[tuple[str, str | int | float], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to tell the user: a key of the catalogue and what fills its gaps.

    It is kept and passed around untranslated, so that a stored one follows the language of
    whoever reads it.
    """

    key: str
    args: Args = ()


def sentence(key: str, **args: str | float) -> Sentence:
    """Return the `Sentence` with this catalogue key; `args` fill its `{gaps}`."""
    return Sentence(key, tuple(args.items()))
