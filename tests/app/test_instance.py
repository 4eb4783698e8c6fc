import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import Queue

import pytest

from app.instance import CAPTURE, RAISE, FirstInstance, tell


@pytest.fixture
def address(tmp_path: Path) -> Path:
    return tmp_path / "g.sock"


def test_a_later_start_is_heard_by_the_first(address: Path) -> None:
    heard: Queue[bytes] = Queue()
    first = FirstInstance(heard.put, address)
    try:
        assert tell(RAISE, address)
        assert tell(CAPTURE, address)
        assert [heard.get(timeout=5), heard.get(timeout=5)] == [RAISE, CAPTURE]
        assert address.stat().st_mode & 0o777 == 0o600
    finally:
        first.close()
    assert not tell(RAISE, address)


def test_without_a_first_nobody_is_told(address: Path) -> None:
    assert not tell(RAISE, address)


def test_two_firsts_are_impossible(address: Path) -> None:
    first = FirstInstance(lambda _: None, address)
    try:
        with pytest.raises(OSError, match="in use"):
            FirstInstance(lambda _: None, address)
    finally:
        first.close()


def test_a_socket_left_by_a_killed_process_is_taken_over(address: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.instance import FirstInstance\n"
        "FirstInstance(print, Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(address)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert address.exists()
    FirstInstance(lambda _: None, address).close()


def test_a_stranger_who_says_nothing_does_not_block_the_next(address: Path) -> None:
    from multiprocessing.connection import Client

    heard: Queue[bytes] = Queue()
    first = FirstInstance(heard.put, address)
    try:
        with Client(str(address)):
            began = time.monotonic()
            assert tell(RAISE, address)
            assert time.monotonic() - began < 30
    finally:
        first.close()
