"""Several `vllm serve` for tests, all forked from one process that has imported vLLM.

    .venv-servers/bin/python tests/servers/vllm_forked.py serve MODEL … -- serve OTHER_MODEL …

It is the program as it is.  But importing it is most of its start, and on the processor it starts four
processes that each import it anew; the two functions replaced here say how processes are started, and
nothing else.
"""

import multiprocessing
import sys
from collections.abc import Callable
from typing import Any

from forking import Command, serve
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


def run(command: Command) -> None:
    """Be the program `vllm`."""
    sys.argv = ["vllm", *command]
    main()


if __name__ == "__main__":
    sys.exit(serve(run))
