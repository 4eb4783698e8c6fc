"""Taking keys one by one, where the system gives them so."""

from collections.abc import Callable, Mapping

from app.chords import Chord, parse
from app.errors import NotAllowed
from app.model.hotkeys import Binding


def bind_each(chords: Mapping[str, str], take: Callable[[str, Chord], None]) -> dict[str, Binding]:
    """Have `take` take every key, by the name of what it is for; one that raises `NotAllowed` costs no other."""
    bindings = {}
    for name, text in chords.items():
        try:
            chord = parse(text)
            take(name, chord)
        except NotAllowed as error:
            bindings[name] = Binding(fault=error.sentence)
        else:
            bindings[name] = Binding(chord.label)
    return bindings
