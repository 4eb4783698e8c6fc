"""Every sentence is there in every language, with the same gaps, and every key that is used exists."""

import ast
import string
from pathlib import Path

import pytest

from app import i18n
from app.model.sentences import sentence

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "ui", "capture", "backends")

# Calls whose first argument is a key: `say`, `sentence`, and the errors.
SPEAKERS = {"say", "sentence"} | {
    node.name
    for node in ast.parse((ROOT / "app/errors.py").read_text()).body
    if isinstance(node, ast.ClassDef)
}


def gaps(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def used_keys() -> dict[str, str]:
    """Return every key given to a speaker in the source, with the place where it stands."""
    found = {}
    for file in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and speaker(node.func) in SPEAKERS:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = f"{file.relative_to(ROOT)}:{node.lineno}"
    return found


def speaker(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_both_languages_have_the_same_keys() -> None:
    english, chinese = i18n.catalogue("en"), i18n.catalogue("zh")
    # Chinese needs no form for one.
    assert {key for key in english if not key.endswith(".one")} == {
        key for key in chinese if not key.endswith(".one")
    }


@pytest.mark.parametrize("key", sorted(i18n.catalogue("zh")))
def test_a_sentence_has_the_same_gaps_in_both_languages(key: str) -> None:
    assert gaps(i18n.catalogue("en")[key]) == gaps(i18n.catalogue("zh")[key])


def test_every_key_that_is_used_exists() -> None:
    missing = {key: place for key, place in used_keys().items() if key not in i18n.catalogue("en")}
    assert missing == {}


def test_every_sentence_is_used() -> None:
    words, beginnings = written()
    keys = {key.removesuffix(".one") for key in i18n.catalogue("en")}
    assert {key for key in keys - words if not key.startswith(beginnings)} == set()


def written() -> tuple[set[str], tuple[str, ...]]:
    """Return every string in the source, and how the f-strings that may be keys begin."""
    words, beginnings = set(), set()
    for file in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return words, tuple(beginning for beginning in beginnings if "." in beginning)


def test_a_sentence_is_said_in_the_language_chosen() -> None:
    i18n.use("zh")
    try:
        assert i18n.say("plan.empty") == i18n.catalogue("zh")["plan.empty"]
    finally:
        i18n.use("en")
    assert i18n.say(sentence("doctor.profiles", n=1)) == "One backend is set up."
    assert i18n.say("doctor.profiles", n=3) == "3 backends are set up."


def test_a_sentence_of_a_later_version_is_shown_by_its_key() -> None:
    assert i18n.say(sentence("later.unheard_of", n=2)) == "later.unheard_of"


def test_foreign_text_in_a_gap_is_not_taken_for_a_gap() -> None:
    assert "{limit}" in i18n.say("plan.still_reading", name="{limit}")
