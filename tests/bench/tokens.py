"""How often what we say of a picture or a clip is what the real processors say, of a thousand and a hundred of each kind.

Whole requests beside what a real vLLM counts are not here: `make test-servers` asks it (tests/servers/test_tokens.py).
"""

from app.model.limits import Sight
from tests.bench.figure import Figure
from tests.token_cases import SIGHTS, Case, cases, ours, theirs

NAMES = {Sight.GLM_4V: "GLM-4.1V, 4.5V", Sight.GLM_46V: "GLM-4.6V", Sight.GLM_5: "GLM-5.3-Flash"}


def measure() -> list[Figure]:
    """Return for each way of looking how many are equal; raises `FileNotFoundError` where no processor is installed."""
    asked = cases()
    pairs = list(zip(asked, theirs(asked), strict=True))
    return [
        _equal(sight, what, [pair for pair in pairs if _is(pair[0], sight, what)])
        for sight in SIGHTS
        for what in ("pictures", "clips")
    ]


def _is(case: Case, sight: Sight, what: str) -> bool:
    return case["sight"] == sight.value and ("total" in case) == (what == "clips")


def _equal(sight: Sight, what: str, pairs: list[tuple[Case, Case]]) -> Figure:
    equal = sum(ours(case) == says for case, says in pairs)
    name = f"tokens of {what}, {NAMES[sight]}: equal"
    return Figure(name, equal, len(pairs), "the real processor", what, 1, at_least=True)
