"""The inside of a worker process: one task in, frames out, nothing else.

Runs the `serve` of the module that `app.workers.KINDS` names, sandboxed before that module (and the
parser it brings) is imported.  The task is the first frame on stdin; every `(head, body)` that `serve`
yields goes out; errors go out by name.  Any other exception ends the process: the receiver calls that
a death.
"""

import os
import sys
from importlib import import_module

from app import sandbox
from app.errors import AppError
from app.pipes import read_frame, write_frame
from app.workers import KINDS


def main(name: str) -> int:
    """Serve one task and return the exit code."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A parser that prints must not write into the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    frame = read_frame(sys.stdin.buffer)
    if frame is None:
        return 1
    task, _ = frame
    kind = KINDS[name]
    try:
        reads = tuple(task.get("reads", ()))
        sandbox.enter(memory=kind.memory, processor=kind.processor, reads=reads, sockets=kind.sockets)
        for head, body in import_module(kind.module).serve(task):
            write_frame(out, head, body)
        write_frame(out, {"done": True})
    except AppError as error:
        args = dict(error.sentence.args)
        write_frame(out, {"error": type(error).__name__, "key": error.sentence.key, "args": args})
    except MemoryError:
        write_frame(out, {"error": "TooLarge", "key": "worker.memory"})
    return 0
