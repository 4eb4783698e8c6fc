"""`glimpse serve`: a vLLM or SGLang on this machine from the shell, its log on stderr, its address on stdout."""

import argparse
import shlex
import sys
from contextlib import aclosing
from typing import Any

from app import gpus
from app.errors import Rejected
from app.i18n import say
from app.programs import free_port
from app.serving import Launch, LoadProgress, News, Ready
from app.terminal import complain, write


async def serve(options: argparse.Namespace, make: Any, server: Any) -> bool:
    """Do what the options ask for, and say whether all went well; raises `BackendError`.

    `make` is `backends.launch`, `server` the `backends.local_server.LocalServer` of this user.
    """
    if options.stop:
        await server.stop()
        return True
    recipe = _recipe(make, options.model)
    found = gpus.find()
    if options.machines > 1:
        _show_many(options, make, recipe, found)
        return True
    launch: Launch = make.launch(options.engine, recipe, found, _port(options, make))
    if options.show:
        write(sys.stdout, f"{launch.line()}\n")
        return True
    if running := await server.found():
        complain(say("serve.running", model=running.launch.model, url=running.launch.url))
        return False
    return await _run(server, launch, keep=options.keep)


async def _run(server: Any, launch: Launch, *, keep: bool) -> bool:
    """Start a server and show its log: until it ends or we do, or with `keep` until it answers."""
    kept = False
    await server.start(launch)
    try:
        async with aclosing(server.watch(launch)) as all_news:
            async for news in all_news:
                _tell(news)
                if keep and isinstance(news, Ready):
                    kept = True
                    return True
    finally:
        if not kept:
            await server.stop()
    return True


def _tell(news: News) -> None:
    if isinstance(news, Ready):
        write(sys.stdout, f"{news.url}\n")
    elif isinstance(news, LoadProgress):
        write(sys.stderr, f"{news.what}: {news.part:.0%}\n", dim=True)
    else:
        write(sys.stderr, f"{news.line}\n", dim=True)


def _recipe(make: Any, name: str) -> Any:
    """Return what is known of a model, called as its hub does or without its publisher; raises `Rejected`."""
    by_name = {recipe.weights.rpartition("/")[2].lower(): recipe for recipe in make.RECIPES}
    recipe = by_name.get(name.rpartition("/")[2].lower())
    if recipe is None:
        names = ", ".join(recipe.weights.rpartition("/")[2] for recipe in make.RECIPES)
        raise Rejected("serve.no_such_model", name=name, names=names)
    return recipe


def _port(options: argparse.Namespace, make: Any) -> int:
    """Return the port that was asked for, else the usual one or any that is free; raises `Rejected` for a taken one."""
    port = free_port(options.port or make.PORTS[options.engine])
    if options.port not in {0, port}:
        raise Rejected("launch.port_taken", port=str(options.port))
    return port


def _show_many(options: argparse.Namespace, make: Any, recipe: Any, found: tuple[gpus.Gpu, ...]) -> None:
    """Write what to type on several machines, a line each."""
    where = found, options.machines, options.address, options.port
    if options.ray:
        lines = [shlex.join(words) for words in make.ray(recipe, *where)]
    else:
        lines = [launch.line() for launch in make.across(options.engine, recipe, *where)]
    write(sys.stdout, "".join(f"{line}\n" for line in lines))
