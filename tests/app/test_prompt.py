"""What is typed while an answer is written; the rest of it is in `test_chatting.py`."""

import contextlib
import os
import pty
import signal
import sys
import threading

import pytest

from app.prompt import Prompt, read_now


def test_what_ctrl_c_has_thrown_away_is_not_waited_for() -> None:
    parent, child = pty.openpty()
    line = threading.Timer(2, os.write, (parent, b"later\n"))
    line.start()
    try:
        assert read_now(child) is None
        assert os.get_blocking(child)
    finally:
        line.cancel()
        os.close(parent)
        os.close(child)


def test_ctrl_c_is_heard_again_after_it_has_been_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def swallow(_: Prompt) -> str:
        with contextlib.suppress(KeyboardInterrupt):  # as `input` does while it flushes
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return "a line that was forgotten"

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(Prompt, "_typed", swallow)
    with Prompt() as prompt:
        assert prompt.line() == ""
