"""A real llama.cpp server: prints its address and serves until killed.

    llama_server.py MODEL MMPROJ CONTEXT [PORT [HABIT]]

With the habit "endless" it talks until its context is full, with "sleepy" it lets go of the model when nobody
asked for a second.
"""

import sys
import time

import xllamacpp


def main(model: str, mmproj: str, context: str, port: str = "0", habit: str = "") -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    if mmproj:
        parameters.mmproj.path = mmproj
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(port)
    parameters.n_ctx = int(context)
    parameters.n_parallel = 1
    # One thread: llama.cpp spins while it waits, and a busy machine makes that many times slower.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.use_jinja = True
    parameters.endpoint_metrics = True
    parameters.endpoint_slots = True
    parameters.sampling.ignore_eos = habit == "endless"
    if habit == "sleepy":
        parameters.sleep_idle_seconds = 1
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
