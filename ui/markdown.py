"""Markdown as blocks, read piece by piece.

`parse` reads what is still open of a growing text and says how far it is final, so that the next call
can begin there: between two blocks, two items of a list, two passages of code, two bunches of rows.
That keeps the work for a letter the same at the end of a long answer as at its beginning.
"""

from dataclasses import dataclass
from typing import Any

from ui.blocks import Block
from ui.inline import References, parser
from ui.markdown_reader import Carry, Reader

WINDOW = 10_000  # letters that are read at once; what is still open at their end is cut off there


@dataclass(frozen=True, slots=True)
class Parsed:
    """The blocks of a text, of which the first `final` will not change any more.

    They end where letter `offset` begins; `carry` and `references` are for reading on from there.
    `known` are the link definitions of the whole text.
    """

    blocks: tuple[Block, ...]
    final: int
    offset: int
    carry: Carry
    references: References
    known: References


def parse(text: str, carry: Carry, references: References, *, cut: bool = False) -> Parsed:
    """Read a text that may grow; with `cut` what follows it will be read as a text of its own.

    `carry` and `references` are what the reading of the part before returned.
    """
    source = carry.prefix + text
    env: dict[str, Any] = {"references": dict(references)}
    tokens = parser().parse(source, env)
    known: References = env["references"]
    lines = source.split("\n")
    reader = Reader(lines, carry, known, cut=cut)
    reader.read(tokens)
    blocks = tuple(reader.blocks)
    if cut:
        return Parsed(blocks, len(blocks), len(text), reader.carry_on(), _settled(known), known)
    # The last line may go on and then mean something else, so nothing is final because of it.
    complete = len(lines) - 1
    joint = next((joint for joint in reversed(reader.joints) if joint.line < complete), None)
    offset = sum(len(line) + 1 for line in lines[: joint.line]) - len(carry.prefix) if joint else 0
    if joint is None or offset <= 0:
        return Parsed(blocks, 0, 0, carry, references, known)
    before = {name: link for name, link in known.items() if link["map"][1] <= joint.line}
    return Parsed(blocks, joint.blocks, offset, joint.carry, _settled(before), known)


def _settled(references: References) -> References:
    """Return link definitions as of a text before: their lines no longer count."""
    return {name: {**link, "map": [-1, -1]} for name, link in references.items()}
