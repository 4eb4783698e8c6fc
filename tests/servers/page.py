"""docs/servers.md: what each server made of each conversation, from what is kept of the last runs."""

import json

from tests.servers.cases import CASES, Case
from tests.servers.kinds import KINDS, Kind
from tests.servers.trips import WIRE

PAGE = WIRE.parents[2] / "docs" / "servers.md"
ABSENT = "–"

_HEAD = """\
# What each server makes of each conversation

Written by the tests that put every conversation to every server (`make test-servers`, `make test`); do not edit. The
bodies and events themselves are in `tests/fixtures/wire`. ✓: as it should be. {absent}: not asked.

"""

_NOTES = """
A scripted model must be heard word for word, thinking and answer apart; a model with eyes must name the right colours in
the right order. "What a clip means": it starts green and ends black, and the model says so.

"""


def render() -> str:
    """Return the page."""
    kinds = list(KINDS.values())
    rows = [
        ["conversation", *(kind.label for kind in kinds)],
        ["---"] * (len(kinds) + 1),
        ["*version*", *(_version(kind) for kind in kinds)],
        *([case.title, *(_cell(kind, case) for kind in kinds)] for case in CASES),
    ]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    notes = "".join(f"- **{kind.label}**: {kind.why}.\n" for kind in kinds)
    return _HEAD.format(absent=ABSENT) + table + _NOTES + notes


def _version(kind: Kind) -> str:
    file = WIRE / kind.name / "version"
    return file.read_text().strip() if file.exists() else ABSENT


def _cell(kind: Kind, case: Case) -> str:
    file = WIRE / kind.name / f"{case.name}.json"
    if not file.exists() or case not in kind.cases():
        return ABSENT
    known = kind.expects(case)
    if known is not None:
        return known.name
    last = json.loads(file.read_text(encoding="utf-8"))["events"][-1]
    done = last.get("says") == case.fault if case.fault else last == {"finish": "finished"}
    return "✓" if done else "**not as it should be**"
