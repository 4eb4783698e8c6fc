"""A reply as it is printed: as text, or one event a line."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.i18n import say
from app.model.events import Answer, Events, Finish, Reasoning, Steered
from app.model.messages import Ending, Reply, Usage
from app.terminal import complain, write


class TextPrinter:
    """The answer on stdout, everything else on stderr."""

    def __init__(self) -> None:
        self._thinking = False
        self._said = False

    def show(self, events: Events) -> None:
        """Print the next events."""
        for event in events:
            if isinstance(event, Reasoning):
                self._thinking = True
                write(sys.stderr, event.text, dim=True)
            elif isinstance(event, Answer):
                self._end_thought()
                self._said = True
                write(sys.stdout, event.text)

    def end(self, reply: Reply) -> None:
        """End the last line, and say how the reply ended where that is not obvious."""
        self._end_thought()
        if self._said or reply.fault is None:
            write(sys.stdout, "\n")
        self._said = False
        if reply.fault is not None:
            complain(say(reply.fault))
        elif reply.ended is Ending.CUT:
            complain(say("cli.cut"))

    def _end_thought(self) -> None:
        """Put space between thinking and answer where both are on one screen."""
        if self._thinking and sys.stderr.isatty():
            write(sys.stderr, "\n\n")
        self._thinking = False


class JsonPrinter:
    """One event a line on stdout."""

    def show(self, events: Events) -> None:
        """Print the next events."""
        for event in events:
            if isinstance(event, Reasoning | Answer):
                self._line(type(event).__name__.lower(), text=event.text)
            elif isinstance(event, Usage):
                self._line("usage", **asdict(event))
            elif isinstance(event, Steered):
                self._line("steered", by=event.by)
            elif isinstance(event, Finish):
                self._line("finish", ended=event.ended)

    def end(self, reply: Reply) -> None:
        """Print what went wrong; everything else has been said already."""
        if reply.fault is not None:
            self._line("error", message=say(reply.fault))

    @staticmethod
    def _line(event: str, **values: Any) -> None:
        sys.stdout.buffer.write(json_line({"event": event, **values}))
        sys.stdout.buffer.flush()


def json_line(values: Mapping[str, Any]) -> bytes:
    """Return an object as a line of JSON, half characters in it (of a name of a file) as JSON spells them."""
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
