"""How a reply came about, in a few words: by which means it was steered, and what it cost.  Pure."""

from collections.abc import Mapping

from app.i18n import say
from app.model.messages import Reply, Steering, Usage
from app.model.profiles import Effort, Thinking

# The means by which thinking is switched off, and those by which an answer is had of one that thinks.
_SWITCHES = {
    Steering.TEMPLATE_SWITCH: "reply.by_template",
    Steering.THINKING_FIELD: "reply.by_field",
    Steering.EFFORT: "reply.by_effort",
}
_ENDS = {
    Steering.REASONING_END: "reply.by_server",
    Steering.CONTINUED: "reply.by_continuing",
    Steering.ASKED_AGAIN: "reply.by_asking",
}
_GOING_ON = {Steering.CONTINUED: "reply.continued", Steering.ASKED_AGAIN: "reply.asked_again"}
_EFFORTS = {
    Effort.LOW: "settings.effort_low",
    Effort.HIGH: "settings.effort_high",
    Effort.MAX: "settings.effort_max",
}
_LONG = {
    Steering.TEMPLATE_SWITCH: "reply.template_switch_long",
    Steering.THINKING_FIELD: "reply.thinking_field_long",
    Steering.EFFORT: "reply.effort_long",
    Steering.TOKEN_BUDGET: "reply.token_budget_long",
    Steering.REASONING_END: "reply.reasoning_end_long",
    Steering.CONTINUED: "reply.continued_long",
    Steering.ASKED_AGAIN: "reply.asked_again_long",
    Steering.ANSWER_NOW: "reply.answer_now_long",
    Steering.BUDGET_SPENT: "reply.budget_spent_long",
}


def note(reply: Reply) -> str:
    """Return what is worth telling unasked of how a reply was steered; mostly nothing."""
    return " · ".join(filter(None, (_thinking(reply), _limit(reply), _ending(reply))))


def details(reply: Reply) -> str:
    """Return all that is known, in lines: every means in a sentence, and the tokens."""
    told = [say(_LONG[means]) for means in reply.steering]
    if reply.usage is not None:
        told += _cost(reply.usage)
    return "\n".join(told)


def _thinking(reply: Reply) -> str:
    """Return whether thinking was off, or how hard it was; that it was on, most replies could say."""
    means = _first(reply, _SWITCHES)
    if reply.wish is not None and reply.wish.thinking is Thinking.OFF:
        if means is None:  # nobody could be told
            return say("reply.off_untold") if reply.reasoning else ""
        # Not every model obeys.
        return say("reply.off_ignored" if reply.reasoning else "reply.off", how=say(_SWITCHES[means]))
    if means is not Steering.EFFORT:
        return ""
    if reply.wish is None or reply.wish.effort is None:
        return say("reply.effort")
    return say("reply.effort_of", effort=say(_EFFORTS[reply.wish.effort]))


def _limit(reply: Reply) -> str:
    """Return what the server was told of the most it may think."""
    if Steering.TOKEN_BUDGET not in reply.steering or Steering.BUDGET_SPENT in reply.steering:
        return ""
    budget = _budget(reply)
    if budget is None:
        return say("reply.token_budget")
    thought = reply.usage.reasoning if reply.usage is not None else None
    spent = thought is not None and thought >= budget
    return say("reply.stopped_at" if spent else "reply.limited_to", n=f"{budget:,}")


def _ending(reply: Reply) -> str:
    """Return how an answer was had of a model that would have thought on, or how it went on with one."""
    means = _first(reply, _ENDS)
    if means is None:
        return ""
    if Steering.ANSWER_NOW in reply.steering:
        return say("reply.answered_now", how=say(_ENDS[means]))
    budget = _budget(reply)
    if Steering.BUDGET_SPENT in reply.steering and budget is not None:
        return say("reply.budget_spent", n=f"{budget:,}", how=say(_ENDS[means]))
    return say(_GOING_ON.get(means, "reply.reasoning_end"))


def _budget(reply: Reply) -> int | None:
    return None if reply.wish is None else reply.wish.budget


def _first(reply: Reply, known: Mapping[Steering, str]) -> Steering | None:
    return next((means for means in reply.steering if means in known), None)


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
