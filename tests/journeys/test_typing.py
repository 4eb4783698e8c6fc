"""Chinese typed through real input methods."""

import contextlib
import re
from collections.abc import Callable

import pytest

from tests.journeys.desktop import Desktop
from tests.journeys.habits import start
from tests.journeys.input_methods import THROUGH_IBUS, start_fcitx5, start_ibus
from tests.journeys.world import Late, World, until

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("start_method", "session"), [(start_ibus, THROUGH_IBUS), (start_fcitx5, {})], ids=["ibus", "fcitx5"]
)
def test_chinese_is_typed_and_enter_while_composing_does_not_send(
    desktop: Desktop, start_method: Callable[[World], None], session: dict[str, str]
) -> None:
    start_method(desktop)
    app = desktop.start(env=session)
    app.wait_window("Glimpse")
    desktop.click(app.find("Question", "text"))

    def compose() -> bool:
        # The input method is told of the field a moment after it has got the focus.
        desktop.key("ctrl+a", "Delete")
        desktop.type("nihao")
        desktop.key("space")
        with contextlib.suppress(Late):
            return until(lambda: app.find("Question", "text").text == "你好", "你好", 3)
        return False

    until(compose, "你好", 30)
    desktop.type("hao")
    desktop.key("Return")
    until(lambda: app.find("Question", "text").text == "你好hao", "the letters, not sent", 20)
    desktop.key("Return")
    app.wait(text=re.compile("你好hao"), role="label")
    until(lambda: app.find("Question", "text").text == "", "an empty composer", 20)


def test_enter_sends_and_shift_enter_breaks_the_line(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.click(app.find("Question", "text"))
    desktop.type("one")
    desktop.key("shift+Return")
    desktop.type("two")
    until(lambda: app.find("Question", "text").text == "one\ntwo", "two lines", 20)
    desktop.key("Return")
    app.wait(text="one\ntwo", role="label")
