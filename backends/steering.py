"""How a request is put to a server so that the model thinks as it should, and goes on where it should.  Pure.

What servers and models differ in is data in `backends.presets`; this is what follows from it for one request.
"""

import re
from dataclasses import dataclass, replace

from app.model.messages import Steering
from app.model.profiles import Thinking
from app.model.requests import Begun, Request, Role, Said
from backends.chunks import Chunks
from backends.presets import MEANS, Continuation, Dialect, Fragment, Quirk, quirk
from backends.seam import Seam, tail_of
from backends.tags import ANSWER, END_THINK, THINK, Splitter

_HAN = re.compile("[\u3400-\u9fff]")
_NOTHING = "\n"  # of an answer: with an empty one llama.cpp would go on thinking

# Read by models only; in the language of the answer, so that it is not changed by being asked.
_GO_ON = "Your reply was cut off. Go on exactly where it stopped: begin with its last words, “{tail}”, and add the rest."
_GO_ON_CHINESE = "你的回答被截断了。请从断开处接着写：先原样重复最后这几个字“{tail}”，然后直接写出剩余内容。"


@dataclass(frozen=True, slots=True)
class Approach:
    """How a request is put to a server.

    `fragment` is what its body holds beside the turns; `means` are those by which the reply is steered.  `more` are
    turns of ours after those of the request, `begun` is the message that is to go on.
    """

    fragment: Fragment
    means: tuple[Steering, ...]
    more: tuple[Said, ...] = ()
    begun: Fragment | None = None


def approach(request: Request, spoken: Dialect, model: str) -> Approach:
    """Return how to put a request to a server and its model."""
    known = quirk(model)
    if request.begun is None:
        return _fresh(request, spoken, known)
    if spoken.continuation is None:
        return _again(request, request.begun, spoken, known)
    return _continued(request, request.begun, spoken, spoken.continuation, known)


def hearing(request: Request, spoken: Dialect, model: str) -> Chunks:
    """Return what the reply to a request that was put so is heard with."""
    known, begun = quirk(model), request.begun
    means = approach(request, spoken, model).means
    if begun is not None and spoken.continuation is not None:
        splitter = Splitter(tagged=known.tagged, begun=begun.answer)
        return Chunks(splitter, Seam(begun.answer), means=means, answering=True)
    splitter = Splitter(opened=known.opened and not spoken.parses_thinking)
    return Chunks(splitter, Seam(begun.answer if begun else "", repeats=True), means=means)


def _fresh(request: Request, spoken: Dialect, known: Quirk) -> Approach:
    fragment = {**spoken.always, **_thinking(request, spoken, known)}
    if request.budget is not None and request.thinking is not Thinking.OFF:
        fragment |= dict.fromkeys(spoken.budget, request.budget)
    return Approach(fragment, _means(fragment))


def _continued(
    request: Request, begun: Begun, spoken: Dialect, continuation: Continuation, known: Quirk
) -> Approach:
    # Thinking stays as it was asked for: another word in the template, and the server's cache is of no use.
    thinking = _thinking(request, spoken, known)
    fragment = {**spoken.always, **thinking, **continuation.fragment}
    answer = begun.answer.rstrip()
    message: Fragment
    if continuation.field and not known.tagged:
        message = {continuation.field: begun.reasoning.strip(), "content": answer or _NOTHING}
    else:
        message = {"content": _thought(request, begun, known) + answer}
    means = (*_means(thinking), Steering.CONTINUED)
    return Approach(fragment, means, begun={"role": Role.ASSISTANT.value, **message})


def _thought(request: Request, begun: Begun, known: Quirk) -> str:
    """Return what stands before the answer in a turn that is written as the model itself would have."""
    if known.tagged:
        return f"{THINK}{begun.reasoning}{END_THINK}{ANSWER}"
    if known.opened:
        return f"{begun.reasoning.strip()}{END_THINK}\n"
    # The prompt has closed it already, or nothing was ever thought.
    if request.thinking is Thinking.OFF or (begun.answer and not begun.reasoning):
        return ""
    return f"{THINK}{begun.reasoning.strip()}{END_THINK}\n"


def _again(request: Request, begun: Begun, spoken: Dialect, known: Quirk) -> Approach:
    fragment = {**spoken.always, **_thinking(replace(request, thinking=Thinking.OFF), spoken, known)}
    more: tuple[Said, ...] = ()
    if begun.answer:
        tail = tail_of(begun.answer)
        go_on = _GO_ON_CHINESE if _HAN.search(tail) else _GO_ON
        more = (Said(Role.ASSISTANT, (begun.answer.rstrip(),)), Said(Role.USER, (go_on.format(tail=tail),)))
    return Approach(fragment, (*_means(fragment), Steering.ASKED_AGAIN), more)


def _thinking(request: Request, spoken: Dialect, known: Quirk) -> Fragment:
    """Return what a body needs so that the model thinks as it should, as far as it can be told."""
    off = request.thinking is Thinking.OFF
    if spoken.strict:
        return {}
    if not known.always:
        return spoken.thinking.get(request.thinking, {})
    if known.efforts and request.effort is not None and not off:
        return {"reasoning_effort": request.effort.value}
    return known.least if off else {}


def _means(fragment: Fragment) -> tuple[Steering, ...]:
    """Return the means that a body's keys are, each once."""
    return tuple(dict.fromkeys(MEANS[key] for key in fragment if key in MEANS))
