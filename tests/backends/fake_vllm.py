"""A program that behaves like `vllm serve`: its log, its doors, its answer, its ends; `VLLM_FAKE` says which.

Run by the tests as the command `vllm`, in a process of its own.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.little_server import Line, LittleServer

ENDS = {
    "memory": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.43 GiB. GPU 0 has 23.6 GiB in all.",
    "cache": "ValueError: To serve at least one request (2.5 GiB KV cache is needed), which is larger than the "
    "available KV cache memory (1.1 GiB).",
    "port": "OSError: [Errno 98] Address already in use",
    "gated": "Cannot access gated repo for url https://hub.test/zai-org/GLM-4.6V-Flash/resolve/main/config.json.",
    "unknown": "OSError: zai-org/GLM-9V is not a local folder and is not a valid model identifier listed on the hub",
    "hub": "OSError: We couldn't connect to 'https://hub.test' to load the files, and couldn't find them in the cache.",
    "other": "\x1b[31mRuntimeError: Engine core initialization failed. See root cause above.\x1b[0m",
}


class Door(LittleServer):
    def answer(self, line: Line) -> None:
        say("INFO: 127.0.0.1 - POST /v1/chat/completions")
        line.say(reasoning="They ask who I am. ")
        line.say(content="I was started by Glimpse.")
        line.end()


def value(option: str) -> str:
    return sys.argv[sys.argv.index(option) + 1]


def say(line: str, end: str = "\n") -> None:
    sys.stderr.write(line + end)
    sys.stderr.flush()


def begin() -> None:
    """Write what comes before the door opens."""
    say("(APIServer pid=7) INFO 11-23 22:00:00 [api_server.py:1971] vLLM API server version 0.32.0")
    for percent in (0, 40, 100):
        say(f"model-00001-of-00004.safetensors: {percent:3}%|###  | 2.0G/5.0G [00:05<00:40, 108MB/s]", "\r")
    say("")
    for part in range(5):
        say(
            f"(EngineCore pid=8) Loading safetensors checkpoint shards: {part * 25:3}% Completed | {part}/4",
            "\r",
        )
    say("")


def main() -> None:
    kind = os.environ.get("VLLM_FAKE", "")
    with open("environment.json", "w") as file:  # noqa: PTH123 - in the folder it is started in
        json.dump(dict(os.environ), file)
    begin()
    if kind in ENDS:
        say(ENDS[kind])
        sys.exit(1)
    if kind == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind == "child" and not os.fork():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(600)  # also when the other is gone
    time.sleep(0.4)
    server = Door(int(value("--port")))
    server.model = value("--served-model-name")
    if kind == "dies":
        threading.Timer(1.0, lambda: os._exit(9)).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("INFO: Shutting down")


if __name__ == "__main__":
    main()
