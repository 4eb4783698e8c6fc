"""A conversation in the terminal, turn by turn; nothing of it is kept."""

import asyncio
import shlex
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.asking import Asking, Rooms, attached, is_usable
from app.fit import NOTHING, done, fit, trimmed, without
from app.i18n import say
from app.model.attachments import Attachment, Draft
from app.model.messages import Ending, Message, Reply
from app.model.profiles import Profile, Thinking
from app.options import budget
from app.plan import asked
from app.printing import TextPrinter
from app.prompt import Prompt
from app.settings import BUDGET_LIMIT
from app.terminal import complain, write


async def chat(rooms: Rooms, profile: Profile, files: Sequence[Path], *, fit: bool) -> bool:
    """Answer line after line, the first about the files, until there are no more; say whether all went well.

    On a terminal it has always gone well: who sits there has seen what has not.
    """
    with Prompt() as prompt:
        chatting = Chatting(rooms, profile, prompt, fits=fit)
        return await chatting.attach(files) and await chatting.run()


class Chatting:
    """One conversation: what has been said, and what is attached to the next question."""

    def __init__(self, rooms: Rooms, profile: Profile, prompt: Prompt, *, fits: bool) -> None:
        """`fits`: what is too much for the model is left out."""
        self._rooms = rooms
        self._profile = profile
        self._prompt = prompt
        self._fits = fits
        self._messages: tuple[Message, ...] = ()
        self._waiting: tuple[Attachment, ...] = ()
        self._failed = False
        self._over = False
        self._commands = {
            "/attach": self._attach,
            "/think": self._think,
            "/stop": self._stop,
            "/new": self._new,
            "/help": self._help,
            "/quit": self._quit,
        }

    async def run(self) -> bool:
        """Answer until there are no more lines, and say whether all went well."""
        if self._prompt.is_terminal:
            self._tell(say("chatting.welcome", name=self._profile.model or self._profile.name or "Glimpse"))
        while not self._over and (line := self._prompt.line()) is not None:
            await self._take(line.strip())
        return self._prompt.is_terminal or not self._failed

    async def attach(self, files: Sequence[Path]) -> bool:
        """Read files and have them wait for the next question; say whether all could be read."""
        usable = [await self._stoppable(self._attach_one(file)) for file in files]
        return all(usable)

    async def _take(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        # A path may begin a question.
        if not line.startswith("/") or "/" in name[1:]:
            if line:
                await self._ask(line)
        elif name in self._commands:
            await self._commands[name](rest.strip())
        else:
            self._fail(say("chatting.no_command", name=name))

    async def _ask(self, text: str) -> None:
        limits = self._rooms.voices.limits(self._profile)
        draft = Draft(text, self._waiting)
        if self._fits:
            draft, gone = trimmed(draft, self._profile, limits)
            if gone:
                complain(say("fit.trimmed", n=gone))
        question = replace(asked(draft), id=len(self._messages) + 1)
        messages: tuple[Message, ...] = (*self._messages, question)
        cut = fit(messages, self._profile, limits) if self._fits else NOTHING
        if cut is not None and cut != NOTHING:
            complain(say(done(cut)))
            messages = without(messages, cut, limits)
        reply = await self._answered(Asking(self._rooms.voices, self._profile, messages))
        self._failed = self._failed or reply.fault is not None
        if reply.answer.strip():
            self._messages = (*self._messages, question, reply)
            self._waiting = ()
        # Else the model will never hear of this question: what was attached to it waits for the next.

    async def _answered(self, asking: Asking) -> Reply:
        printer = TextPrinter()
        reply = await self._stoppable(asking.run(printer.show)) or asking.stopped()
        printer.end(reply)
        if reply.ended is Ending.STOPPED:
            self._tell(say("chatting.stopped"))
        return reply

    async def _stoppable(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Return what the work gives, None if the user stopped it."""
        task = asyncio.create_task(work)
        try:
            with self._prompt.listening(task.cancel):
                await asyncio.wait([task])
        finally:  # the whole command may be ended, too
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return None if task.cancelled() else task.result()

    async def _attach(self, rest: str) -> None:
        if not rest:
            self._fail(say("chatting.attach_what"))
        for file in _paths(rest):
            if not await self._stoppable(self._attach_one(file)):
                self._failed = True

    async def _attach_one(self, file: Path) -> bool:
        attachment = await attached(self._rooms.intake, file)
        if not is_usable(attachment):
            return False
        self._waiting = (*self._waiting, attachment)
        self._tell(say("chatting.attached", name=attachment.name))
        return True

    async def _think(self, rest: str) -> None:
        tokens = budget(rest)
        if rest == "off":
            self._profile = replace(self._profile, thinking=Thinking.OFF, budget=None)
            self._tell(say("chatting.think_off"))
        elif rest == "on":
            self._profile = replace(self._profile, thinking=Thinking.ON, budget=None)
            self._tell(say("chatting.think_on"))
        elif tokens is not None:
            self._profile = replace(self._profile, thinking=Thinking.ON, budget=tokens)
            self._tell(say("chatting.think_budget", n=tokens))
        else:
            self._fail(say("chatting.think_how", limit=BUDGET_LIMIT))

    async def _stop(self, _: str) -> None:
        self._tell(say("chatting.nothing_to_stop"))

    async def _new(self, _: str) -> None:
        self._messages, self._waiting = (), ()
        self._tell(say("chatting.new"))

    async def _help(self, _: str) -> None:
        write(sys.stderr, f"{say('chatting.help')}\n", dim=True)

    async def _quit(self, _: str) -> None:
        self._over = True

    def _tell(self, words: str) -> None:
        """Say to whoever sits there what has been done; a script knows."""
        if self._prompt.is_terminal:
            write(sys.stderr, f"{words}\n", dim=True)

    def _fail(self, words: str) -> None:
        self._failed = True
        complain(words)


def _paths(text: str) -> list[Path]:
    """Return the files that somebody typed, or dragged onto the terminal, which quotes them."""
    whole = Path(text).expanduser()
    if whole.exists():
        return [whole]
    try:
        return [Path(word).expanduser() for word in shlex.split(text)]
    except ValueError:  # a quote without its other half
        return [whole]
