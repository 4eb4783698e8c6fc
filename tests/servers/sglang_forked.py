"""Several SGLang servers for tests, all forked from one process that has imported SGLang.

    .venv-servers/bin/python tests/servers/sglang_forked.py --model-path MODEL … -- --model-path OTHER …

It is the program as it is, beside a stand-in for its compiled kernels (`sgl_kernel`).  What is replaced here
is how its three processes are started, and nothing else.
"""

import multiprocessing
import os
import sys
from typing import Any

from forking import Command, serve
from sglang.launch_server import run_server
from sglang.srt.entrypoints import engine, http_server
from sglang.srt.models import glm4v, glm4v_moe
from sglang.srt.multimodal.processors import glm4v as eyes
from sglang.srt.server_args import prepare_server_args
from sglang.srt.utils import kill_process_tree

# Imported only so that every process has them.
SHARED = (engine, http_server, glm4v, glm4v_moe, eyes)


def _fork(*_: Any, **__: Any) -> None:
    """Stand where SGLang sets "spawn"."""


def main(command: Command) -> None:
    multiprocessing.set_start_method("fork", force=True)
    multiprocessing.set_start_method = _fork
    try:
        run_server(prepare_server_args(command))
    finally:
        kill_process_tree(os.getpid(), include_parent=False)


if __name__ == "__main__":
    sys.exit(serve(main))
