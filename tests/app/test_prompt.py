"""What is typed while an answer is written; the rest of it is in `test_chatting.py`."""

import os
import pty
import threading

from app.prompt import read_now


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
