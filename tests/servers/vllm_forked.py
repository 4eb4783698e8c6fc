"""Several `vllm serve` for tests, all forked from one process that has imported vLLM.

    .venv-servers/bin/python tests/servers/vllm_forked.py serve MODEL … -- serve OTHER_MODEL …

It is the program as it is.  But importing it is most of its start, and on the processor it starts four
processes that each import it anew; the two functions replaced here say how processes are started, and
nothing else.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from itertools import groupby
from typing import Any

from vllm.model_executor.models import registry
from vllm.utils import system_utils


def _fork() -> Any:
    return multiprocessing.get_context("fork")


def _here(call: Callable[[], Any]) -> Any:
    return call()


system_utils.get_mp_context = _fork
registry._run_in_subprocess = _here

# After the replacement: it takes them by name.
from vllm.entrypoints.cli.main import main  # noqa: E402


def serve(commands: list[list[str]]) -> int:
    """Run each command in a process of its own until one of them ends or we are asked to end; 0 when asked."""
    servers = [_start(command) for command in commands]
    asked = False

    def end(*_: object) -> None:
        nonlocal asked
        asked = True
        for server in servers:
            os.kill(server, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    while servers:
        server, _ = os.wait()
        servers.remove(server)
        if not asked:
            return 1
    return 0


def _start(command: list[str]) -> int:
    process = os.fork()
    if process == 0:
        sys.argv = ["vllm", *command]
        main()
        sys.exit()
    return process


if __name__ == "__main__":
    words = groupby(sys.argv[1:], "--".__eq__)
    sys.exit(serve([list(command) for divider, command in words if not divider]))
