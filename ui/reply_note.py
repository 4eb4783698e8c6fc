"""How a reply came about, in a few words: by which means it was steered, and what it cost.  Pure."""

from app.i18n import say
from app.model.messages import Reply, Steering, Usage

# Worth a word beside the name of whoever answered; that thinking was switched on or off, most replies could say.
_SHORT = {
    Steering.EFFORT: "reply.effort",
    Steering.TOKEN_BUDGET: "reply.token_budget",
    Steering.REASONING_END: "reply.reasoning_end",
    Steering.CONTINUED: "reply.continued",
    Steering.ASKED_AGAIN: "reply.asked_again",
}
_LONG = {
    Steering.TEMPLATE_SWITCH: "reply.template_switch_long",
    Steering.THINKING_FIELD: "reply.thinking_field_long",
    Steering.EFFORT: "reply.effort_long",
    Steering.TOKEN_BUDGET: "reply.token_budget_long",
    Steering.REASONING_END: "reply.reasoning_end_long",
    Steering.CONTINUED: "reply.continued_long",
    Steering.ASKED_AGAIN: "reply.asked_again_long",
}


def note(reply: Reply) -> str:
    """Return what is worth telling unasked of how a reply was steered; mostly nothing."""
    return " · ".join(say(_SHORT[means]) for means in reply.steering if means in _SHORT)


def details(reply: Reply) -> str:
    """Return all that is known, in lines: every means in a sentence, and the tokens."""
    told = [say(_LONG[means]) for means in reply.steering]
    if reply.usage is not None:
        told += _cost(reply.usage)
    return "\n".join(told)


def _cost(usage: Usage) -> list[str]:
    prompt = f"{usage.prompt:,}"
    if usage.cached:
        told = [say("reply.prompt_cached", prompt=prompt, cached=f"{usage.cached:,}")]
    else:
        told = [say("reply.prompt", prompt=prompt)]
    if usage.reasoning:
        told.append(say("reply.reasoning_tokens", tokens=f"{usage.reasoning:,}"))
    # Some servers count the thinking beside what they call the completion.
    answer = usage.completion - (usage.reasoning or 0)
    told.append(say("reply.answer_tokens", tokens=f"{answer if answer >= 0 else usage.completion:,}"))
    return told
