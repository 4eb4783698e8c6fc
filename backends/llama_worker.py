"""The inside of the worker that runs a model: llama.cpp, serving one pair of files on the loopback until it is ended.

What it is told comes through the pipe, its key included.  It tells its address and serves who knows the key.
"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xllamacpp

from app.errors import TooLarge, Unreadable
from app.machine import free_memory, gb
from backends.gguf import PROJECTOR, Head, NotGgufError, read_head

_WARNINGS = 2  # what the engine logs; from 3 on it may log what it is asked
_ADDRESS = "127.0.0.1"


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Load ``model`` and ``projector`` and serve them; raises `DocumentError` where that cannot be.

    ``key`` is what every request must bring, ``name`` what the model is called; ``context``, ``threads`` and ``layers``
    are as in `app.model.profiles.Weights`, except that ``threads`` is never None.
    """
    model, projector = Path(task["model"]), Path(task["projector"])
    head = _head(model)
    if head.architecture == PROJECTOR:
        raise Unreadable("engine.model_is_projector", name=model.name)
    if task["projector"] and _head(projector).architecture != PROJECTOR:
        raise Unreadable("engine.no_projector", name=projector.name)
    _check_loopback()
    server = _server(_parameters(task, head), task)
    yield {"address": server.listening_address}, b""
    while True:
        time.sleep(3600)


def _head(path: Path) -> Head:
    try:
        return read_head(path)
    except NotGgufError as error:
        raise Unreadable("engine.not_gguf", name=path.name) from error
    except OSError as error:
        raise Unreadable("engine.no_file", name=path.name) from error


def _check_loopback() -> None:
    try:
        socket.create_server((_ADDRESS, 0)).close()
    except OSError as error:
        raise Unreadable("engine.no_port") from error


def _parameters(task: dict[str, Any], head: Head) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = task["model"]
    parameters.mmproj.path = task["projector"]
    parameters.model_alias = {task["name"]}
    parameters.offline = True
    parameters.hostnames = [_ADDRESS]
    parameters.port = 0  # any that is free
    parameters.api_keys = [task["key"]]
    parameters.ui = False
    parameters.endpoint_slots = True  # for who knows the key: whether it is at work
    parameters.verbosity = _WARNINGS
    parameters.use_jinja = True
    parameters.n_parallel = 1
    parameters.n_ctx = min(task["context"], head.context) if head.context else task["context"]
    parameters.cpuparams.n_threads = task["threads"]
    parameters.cpuparams_batch.n_threads = task["threads"]
    if task["layers"] is not None:
        parameters.n_gpu_layers = task["layers"]
        parameters.mmproj_use_gpu = task["layers"] > 0
    return parameters


def _server(parameters: xllamacpp.CommonParams, task: dict[str, Any]) -> xllamacpp.Server:
    try:
        return xllamacpp.Server(parameters)
    except (RuntimeError, MemoryError) as error:
        # Why is in the log only, so it is guessed: memory, where there is less than the files need.
        needed, free = task["size"], free_memory()
        if isinstance(error, MemoryError) or free < needed:
            raise TooLarge("engine.memory", needed=gb(needed), free=gb(free)) from error
        raise Unreadable("engine.unloadable", name=Path(task["model"]).name) from error
