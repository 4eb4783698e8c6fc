"""The inside of a worker process: one task in, frames out, nothing else.

Runs the `serve` of the module that `app.worker_kinds.KINDS` names, sandboxed before that module (and the
parser it brings) is imported.  The task is the first frame on stdin; every `(head, body)` that `serve`
yields goes out; errors go out by name.  Any other exception ends the process: the receiver calls that
a death.  The `serve` of one that hears gets what is said to it meanwhile as a queue, too.
"""

import ctypes
import os
import signal
import sys
import threading
from importlib import import_module
from queue import SimpleQueue
from typing import IO

from app import sandbox
from app.errors import AppError
from app.pipes import read_frame, write_frame
from app.worker_kinds import KINDS, Kind

Heard = SimpleQueue[str | None]

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def main(name: str) -> int:
    """Serve one task and return the exit code."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A parser that prints must not write into the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Not Python's own: its end would wait for the thread that reads from that.
    into = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    frame = read_frame(into)
    if frame is None:
        return 1
    task, _ = frame
    kind = KINDS[name]
    try:
        _give_up(kind, tuple(task.get("reads", ())))
        if kind.serves:
            _end_with_parent()
        told = (task, _listen(into)) if kind.hears else (task,)
        for head, body in import_module(kind.module).serve(*told):
            write_frame(out, head, body)
        write_frame(out, {"done": True})
    except AppError as error:
        args = dict(error.sentence.args)
        write_frame(out, {"error": type(error).__name__, "key": error.sentence.key, "args": args})
    except MemoryError:
        write_frame(out, {"error": "TooLarge", "key": "worker.memory"})
    return 0


def _give_up(kind: Kind, reads: tuple[str, ...]) -> None:
    if kind.ours:
        sandbox.bound(memory=kind.memory, processor=kind.processor)
    else:
        sandbox.enter(
            memory=kind.memory,
            processor=kind.processor,
            reads=reads,
            sockets=kind.sockets,
            serves=kind.serves,
        )


def _listen(into: IO[bytes]) -> Heard:
    """Return where every order lies that is said to this worker; None when nobody is there to say any more."""
    heard: Heard = SimpleQueue()

    def listen() -> None:
        try:
            while (frame := read_frame(into)) is not None:
                heard.put(str(frame[0].get("order", "")))
        finally:
            heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return heard


def _end_with_parent() -> None:
    """Have this process die as soon as the one that started it has, however that ended."""

    def wait() -> None:
        os.read(0, 1)  # nothing more is ever written: this comes back when the pipe's other end is gone
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    if sys.platform == "linux":
        # The thread cannot run while a library holds the interpreter, as when a large model is loaded.
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
