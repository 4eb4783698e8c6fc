"""The kinds of servers that are put through the table, and what each is known to do otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.cases import CASES, Case, Filmed, Model, Painted


@dataclass(frozen=True, slots=True)
class Known:
    """What a server does with some conversations instead of what it should.

    `name` says it in a few words.  `fault` is the key of the sentence that the user reads then; without one there is an
    answer, and `answer` is what eyes say in it ("" where it is as it should be).  `thinks`: it thinks although it was
    told not to.
    """

    name: str
    fault: str = ""
    answer: str = ""
    thinks: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of server: what it is called, the preset that speaks to it, and what is known of it by title.

    `models` are the tiny ones that it is asked with; `why` says how the table met it; `unasked` are titles.
    """

    name: str
    label: str
    preset: str
    models: tuple[Model, ...]
    why: str
    known: Mapping[str, Known] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()

    def cases(self) -> tuple[Case, ...]:
        """Return what it is asked."""
        return tuple(case for case in CASES if case.model in self.models and case.title not in self.unasked)

    def expects(self, case: Case) -> Known | None:
        """Return what is known to happen instead of what should; None where all is well."""
        return self.known.get(case.title) or self.known.get(_sort(case))


def _sort(case: Case) -> str:
    """Return the name under which a whole sort of cases is known."""
    contents = [*case.asked, *(content for turn in case.before for content in turn.asked)]
    if any(isinstance(content, Filmed) for content in contents):
        return CLIPS
    return PICTURES if any(isinstance(content, Painted) for content in contents) else ""


PICTURES, CLIPS = "*pictures", "*clips"
_ALL = (Model.SCRIPT, Model.MOE, Model.EYES)
_UNBUDGETED = {"thinking budgeted": Known("thinks as long as it likes", thinks=True)}
_THINKS = Known("thinks all the same", thinks=True)
_STILLS = "clips become pictures"
_LIVE = "asked itself, on the processor"
_PLAYED = "not run here: what it is documented to send is played back"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("vllm", "vLLM", "vllm", _ALL, _LIVE),
        Kind("sglang", "SGLang", "sglang", _ALL, _LIVE, _UNBUDGETED),
        Kind(
            "llama",
            "llama.cpp",
            "llamacpp",
            (Model.SCRIPT, Model.EYES),
            _LIVE,
            {CLIPS: Known(_STILLS)},
            # The one is told in the running reply (test_thinking.py); its little model would not know how to go on.
            # Of a clip it gets stills, which the little model miscounts now and then.
            unasked=("answer now", "what a clip means", "what it means backwards"),
        ),
        Kind(
            "transformers",
            "transformers serve",
            "transformers",
            _ALL,
            _LIVE,
            {
                # Its processor wants torchvision's own decoder of images, and takes a clip for sound.
                PICTURES: Known("fails: 500", fault="backend.server_error"),
                CLIPS: Known("fails: 500", fault="backend.server_error"),
                **dict.fromkeys(("thinking off", "thinking off, GLM-4.5V", "answer now"), _THINKS),
                **_UNBUDGETED,
                "too long for the context": Known("answers all the same"),
            },
        ),
        Kind("zai", "Z.ai", "zai", (Model.SCRIPT,), _PLAYED, _UNBUDGETED),
        Kind("old-vllm", "vLLM before 0.16", "vllm", (Model.SCRIPT,), _PLAYED, _UNBUDGETED),
    )
}
