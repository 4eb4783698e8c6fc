"""Thinking that takes too long, replies that break off, servers that are busy: what can be done about each."""

import re
from itertools import count

import pytest

from app.i18n import say
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.habits import LONG, ask, reopen, start
from tests.journeys.world import until
from tests.little_server import Line, LittleServer, serving

pytestmark = pytest.mark.journey

PROSE = (
    "The chart shows three bars. The first stands for March, the second for April and the third for May. "
    "April is the highest with forty-two, and May is the lowest with nineteen. "
)
ANSWER_NOW = say("reply.answer_now")
COUNTDOWN = re.compile("^Trying again in [0-9]+ s$")


class Muser(LittleServer):
    """Thinks without end, in circles if it must, and answers once it is made to."""

    name = "Muser"
    circles = False

    def answer(self, line: Line) -> None:
        """Think, or go on with what has been begun."""
        if self.bodies[-1].get("continue_final_message"):
            line.say(content="It is forty-two.")
            line.end()
            return
        for number in count(1):
            if self.closing.wait(0.05):
                break
            line.say(reasoning=PROSE if self.circles else f"thought{number} ")


class Stutterer(LittleServer):
    """Dies in the middle of its first answer; going on with it, it counts."""

    name = "Stutterer"
    last = 5

    def answer(self, line: Line) -> None:
        """Say half of it, or count on to the last."""
        if not self.bodies[-1].get("continue_final_message"):
            line.say(content="word1 word2")
            return
        for number in range(3, self.last + 1):
            line.say(content=f" word{number}")
            if self.closing.wait(0.05):
                return
        line.end()


class Greeter(LittleServer):
    """Answers at once."""

    name = "Greeter"

    def answer(self, line: Line) -> None:
        """Say hello."""
        line.say(content="hello there")
        line.end()


@pytest.mark.parametrize("by_key", [False, True], ids=["button", "key"])
def test_thinking_without_end_is_made_to_answer(desktop: Desktop, by_key: bool) -> None:
    with serving(Muser()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "how many?")
        button = app.wait(ANSWER_NOW, "button", timeout=LONG)
        if by_key:
            desktop.key("ctrl+j")
        else:
            desktop.click(button)
        app.wait(text="It is forty-two.", timeout=LONG)
        app.wait_gone(ANSWER_NOW)
        # In the same reply, under what was thought.
        assert len(app.find_all(re.compile("^Thought for"))) == 1
        app.wait("Muser · m · Answered now (continued the turn)")
        app.wait("Question", "text", state="focused")
        until(lambda: server.listeners == 0, "the server let go")
    assert app.quit() == 0
    again = start(desktop)
    reopen(again, desktop, "how many?")
    again.wait(text="It is forty-two.")
    desktop.click(again.wait(re.compile("^Thought for")))
    again.wait(say("reasoning.pane"), text=re.compile("thought1 "))


def test_a_circle_is_told_and_stopped(desktop: Desktop) -> None:
    with serving(Muser()) as server:
        server.circles = True
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "how many?")
        app.wait(say("reply.circling"), timeout=LONG)
        app.wait(ANSWER_NOW, "button")
        # That of the reply; the composer has its own.
        beside = app.wait(say("reply.circling")).center[1]
        stops = app.find_all(say("reply.stop"), "button")
        desktop.click(min(stops, key=lambda each: abs(each.center[1] - beside)))
        until(lambda: server.listeners == 0, "the server let go")
        app.wait(say("reply.stopped"))
        app.wait_gone(say("reply.circling"))


def test_a_busy_server_is_asked_again_by_itself(desktop: Desktop) -> None:
    with serving(Greeter()) as server:
        server.refusals, server.away = [429, 503], 2
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "who is there?")
        app.wait(COUNTDOWN, timeout=LONG)
        app.wait(say("backend.busy"))
        app.wait(text="hello there", timeout=LONG)
        assert len(server.bodies) == 3
        app.wait_gone(COUNTDOWN)
        assert app.find_all(say("backend.loading")) == ()
        assert app.quit() == 0
        again = start(desktop)
        reopen(again, desktop, "who is there?")
        again.wait(text="hello there")
        assert again.find_all(say("reply.retry"), "button") == ()


def test_a_countdown_can_be_left_cut_short_and_called_off(desktop: Desktop) -> None:
    with serving(Greeter()) as server:
        server.refusals, server.away = [429] * 3, 200
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "who is there?")
        app.wait(COUNTDOWN, timeout=LONG)
        desktop.key("ctrl+n")
        app.wait_gone(COUNTDOWN)
        reopen(app, desktop, "who is there?")
        app.wait(COUNTDOWN)
        desktop.click(app.wait(say("reply.try_now"), "button"))
        until(lambda: len(server.bodies) == 2, "the second try")
        desktop.click(app.wait(say("reply.cancel"), "button", timeout=LONG))
        retry = app.wait(say("reply.retry"), "button")
        app.wait(say("composer.send"), "button")
        desktop.click(retry)
        app.wait(COUNTDOWN, timeout=LONG)
        desktop.key("Escape")
        app.wait_gone(COUNTDOWN)
        assert len(server.bodies) == 3
        desktop.click(app.wait(say("reply.retry"), "button"))
        app.wait(text="hello there", timeout=LONG)


def test_closing_while_it_counts_down_loses_nothing(desktop: Desktop) -> None:
    with serving(Greeter()) as server:
        server.refusals, server.away = [429], 200
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "who is there?")
        app.wait(COUNTDOWN, timeout=LONG)
        assert app.quit() == 0
        again = start(desktop)
        reopen(again, desktop, "who is there?")
        again.wait(say("backend.busy"))
        desktop.click(again.wait(say("reply.retry"), "button"))
        again.wait(text="hello there", timeout=LONG)


@pytest.mark.parametrize("status", [401, 402])
def test_a_wrong_key_or_an_empty_purse_is_not_asked_again(desktop: Desktop, status: int) -> None:
    with serving(Greeter()) as server:
        server.refusals = [status]
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "who is there?")
        app.wait(say("reply.retry"), "button", timeout=LONG)
        assert app.find_all(COUNTDOWN) == ()
        assert len(server.bodies) == 1


def test_a_reply_that_broke_off_goes_on(desktop: Desktop) -> None:
    with serving(Stutterer()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        go_on = app.wait(say("reply.continue"), "button", timeout=LONG)
        # There is text: to ask again by itself would throw it away.
        assert app.find_all(COUNTDOWN) == ()
        desktop.click(go_on)
        app.wait(text="word1 word2 word3 word4 word5", timeout=LONG)
        app.wait_gone(say("reply.continue"))
        assert len(app.find_all(re.compile("^Stutterer · m"))) == 1
        assert app.quit() == 0
    again = start(desktop)
    reopen(again, desktop, "count")
    again.wait(text="word1 word2 word3 word4 word5")


def test_a_reply_goes_on_only_with_who_wrote_it(desktop: Desktop) -> None:
    with serving(Stutterer()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        app.wait(say("reply.continue"), "button", timeout=LONG)
        assert app.quit() == 0
    write_settings(desktop)
    again = start(desktop)
    reopen(again, desktop, "count")
    desktop.click(again.wait(say("reply.continue"), "button"))
    again.wait(say("window.no_author", name="Stutterer"))
    again.wait(text="word1 word2")


def test_a_kill_while_it_goes_on_costs_a_quarter_of_a_second(desktop: Desktop) -> None:
    with serving(Stutterer()) as server:
        server.last = 10_000
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        desktop.click(app.wait(say("reply.continue"), "button", timeout=LONG))
        app.wait(text=re.compile("word30 "), timeout=LONG)
        app.kill()
    again = start(desktop)
    reopen(again, desktop, "count")
    again.wait(text=re.compile("^word1 word2 word3 .*word20 "))
    again.wait(say("reply.continue"), "button")
