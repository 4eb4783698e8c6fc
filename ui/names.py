"""Who wrote a reply."""

from app.i18n import say
from app.model.messages import Reply


def is_reader(reply: Reply) -> bool:
    """Tell whether the built-in reader wrote a reply; it alone has no name of its own."""
    return not reply.profile


def answerer(reply: Reply) -> str:
    """Return who wrote a reply: the profile, and its model where that says more."""
    who = reply.profile or say("settings.reader")
    return who if reply.model.casefold() in ("", who.casefold()) else f"{who} · {reply.model}"
