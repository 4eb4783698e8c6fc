"""Servers that run on this computer: whoever answers at the usual ports.  Never another host, never with a key."""

import asyncio
import contextlib
import ipaddress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app.errors import BackendError, Broken
from app.model.checkups import Server
from backends.probe import probe
from backends.transport import Wire

PORTS = 8000, 30000, 8080, 11434, 1234  # of vLLM, SGLang, llama.cpp, Ollama, LM Studio
USUAL = tuple(f"http://127.0.0.1:{port}/v1" for port in PORTS)
CONNECT = 0.3  # seconds
PATIENCE = 5.0  # seconds for all that one server tells


async def find(urls: tuple[str, ...] = USUAL) -> tuple[Server, ...]:
    """Return the servers of a known kind that answer at these addresses and have a model, all asked at once.

    Raises `ValueError` for an address that is not of the loopback.
    """
    ports = [_port(url) for url in urls]
    found = await asyncio.gather(*map(_look, urls, ports))
    return tuple(server for server in found if server is not None and server.preset and server.models)


def _port(url: str) -> tuple[str, int]:
    """Return host and port of an address of the loopback."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{host} is not this computer")
    return host, port


async def _look(url: str, port: tuple[str, int]) -> Server | None:
    if not await _listens(*port):
        return None
    client = httpx2.AsyncClient(
        transport=Wire(url, ""), timeout=PATIENCE, trust_env=False, follow_redirects=False
    )
    async with client:
        try:
            async with asyncio.timeout(PATIENCE):
                return await probe(url, partial(_ask, client))
        except (BackendError, TimeoutError):
            return None  # something else lives there


async def _listens(host: str, port: int) -> bool:
    """Tell whether anybody listens; most often nobody does, and then no client need be made."""
    try:
        async with asyncio.timeout(CONNECT):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _ask(client: httpx2.AsyncClient, url: str, body: dict[str, Any] | None) -> object:
    try:
        response = await (client.get(url) if body is None else client.post(url, json=body))
        return response.raise_for_status().json()
    except (httpx2.HTTPError, httpx2.StreamError, ValueError, OSError, RecursionError) as error:
        raise Broken("backend.garbled") from error
