import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chords import KEYS, MODIFIERS, Chord, parse
from app.errors import NotAllowed


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("ctrl+shift+a", Chord(("ctrl", "shift"), "a")),
        ("Shift + CTRL + A", Chord(("ctrl", "shift"), "a")),
        ("cmd+option+5", Chord(("alt", "super"), "5")),
        ("win+control+esc", Chord(("ctrl", "super"), "escape")),
        ("printscreen", Chord((), "print")),
        ("shift+F12", Chord(("shift",), "f12")),
        ("alt+space", Chord(("alt",), "space")),
    ],
)
def test_people_write_chords_in_many_ways(text: str, chord: Chord) -> None:
    assert parse(text) == chord


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "ctrl+",
        "ctrl",
        "ctrl+shift",
        "a+b",
        "ctrl+ctrl+a",
        "ctrl+ä",
        "f25",
        "ctrl+a+shift",
        "a+ctrl",
        "ctrl++",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        parse(text)
    assert caught.value.sentence.key == "hotkeys.nonsense"


@pytest.mark.parametrize("text", ["a", "shift+a", "5", "space", "enter", "shift+tab"])
def test_a_chord_that_people_type_with_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        parse(text)
    assert caught.value.sentence.key == "hotkeys.bare"


@given(st.sets(st.sampled_from(MODIFIERS), min_size=1), st.sampled_from(sorted(KEYS)))
def test_what_is_written_is_what_was_read(modifiers: set[str], key: str) -> None:
    chord = Chord(tuple(name for name in MODIFIERS if name in modifiers | {"ctrl"}), key)
    assert parse(str(chord)) == chord
    assert parse(chord.label) == chord


def test_the_label_is_what_keys_say() -> None:
    assert parse("super+ctrl+f5").label == "Ctrl+Super+F5"
