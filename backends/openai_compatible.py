"""Any server that speaks OpenAI's chat completions, through the SDK: vLLM, SGLang, llama.cpp, Z.ai and kin."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from app.errors import BackendError, Broken, Busy, Misdirected, Refused, Rejected, Unreachable
from app.model.attachments import Clip, Picture
from app.model.checkups import Checkup, Health, Server
from app.model.events import Events
from app.model.profiles import Profile
from app.model.requests import Request, Role, Said
from app.model.sentences import sentence
from app.ports import Blobs
from backends import checkup, presets, probe
from backends.body import Media
from backends.chunks import Chunks
from backends.errors import clean, from_reply, translate
from backends.presets import Dialect
from backends.reading import Reading
from backends.steering import approach, hearing
from backends.translate import body, counted
from backends.transport import Wire, is_event_stream
from backends.watch import Patience, Watch

FAREWELL = 5.0  # seconds a server has for its counts once it has said how the reply ended
DRAIN = 0.2  # seconds it has to close the response after its last event, so that the connection can be kept
COUNTING = 5.0  # seconds for a count: without it there is still an estimate
CHECKING = 60.0  # seconds for the first word of a test

_FAULTS = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    ValueError,
    OSError,
    RecursionError,  # JSON nested a thousand deep
)


class OpenAICompatible:
    """Speaks the `Backend` port; used and closed on one asyncio loop."""

    def __init__(self, profile: Profile, *, key: str, blobs: Blobs, patience: Patience | None = None) -> None:
        self.limits = presets.limits(profile)
        self._profile = profile
        self._dialect = presets.dialect(profile.preset)
        self._key = key.strip()
        self._patience = patience or Patience()
        self._media = Media(blobs)
        self._url = presets.base_url(profile)
        self._host = clean(self._url.partition("://")[2].partition("/")[0].rpartition("@")[2], self._key)
        self._line: _Line | None = None
        self._first_listed = ""
        self._running: dict[int, Chunks] = {}  # by the identity of the request

    def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield the reply, one batch for each read of the network: see `app.ports`."""
        return self._stream(request, self._patience)

    async def answer_now(self, request: Request) -> bool:
        """Tell the server that the thinking in this reply is over, where it can be told: see `app.ports`."""
        chunks = self._running.get(id(request))
        if chunks is None or not chunks.id or not self._dialect.ends_thinking:
            return False
        told = {"id": chunks.id, "action": "reasoning_end"}
        try:
            reply = await self._fetch("chat/completions/control", told)
        except BackendError:
            return False
        return isinstance(reply, dict) and reply.get("success") is True

    async def count(self, request: Request) -> int | None:
        """Have the server count, where it does that: see `app.ports`."""
        if not self._dialect.counter:
            return None
        path = self._dialect.counter
        where = self._url.removesuffix("/v1") + path if path.startswith("/") else path
        try:
            async with asyncio.timeout(COUNTING):
                model = request.model or self._profile.model or await self._default_model(())
                asked = body(request, self._dialect, model, lambda blob: blob.digest)
                return checkup.counted(await self._fetch(where, counted(asked)))
        except (BackendError, TimeoutError):
            return None

    async def check(self) -> Checkup:
        """Ask who is there, then for a word of the model that is set: see `app.ports`."""
        models, server = self._dialect.models, None
        try:
            server = await self.learn()
            models = server.models or models
            model = self._profile.model or await self._default_model(models)
            await self._hear_a_word(model)
        except BackendError as error:
            return checkup.failed(error, models, server)
        return Checkup(Health.WORKS, sentence("backend.works", model=model), models, server)

    async def learn(self) -> Server:
        """Return who is there; `limits` follow where it says what it takes.  Raises `BackendError`."""
        server = await probe.probe(self._url, self._fetch, self._profile.model)
        self.limits = probe.limits(self.limits, server)
        return server

    async def aclose(self) -> None:
        """Close every connection."""
        if self._line is not None:
            await self._line.client.close()
            self._line = None

    async def _stream(self, request: Request, patience: Patience) -> AsyncGenerator[Events, None]:
        model = request.model or self._profile.model or await self._default_model(self._dialect.models)
        way = _Way(request, self._dialect, model, patience)
        heard = False
        try:
            async with contextlib.aclosing(self._ask(way)) as batches:
                async for batch in batches:
                    heard = True
                    yield batch
        except (Rejected, Broken):
            # Some versions and templates cannot go on with a reply that has begun, or keep no budget; all can be
            # asked simply.
            simpler = replace(way.spoken, continuation=None, budget=())
            if heard or approach(request, simpler, model) == approach(request, way.spoken, model):
                raise
        else:
            return
        way = replace(way, spoken=simpler)
        async with contextlib.aclosing(self._ask(way)) as batches:
            async for batch in batches:
                yield batch

    async def _ask(self, way: "_Way") -> AsyncGenerator[Events, None]:
        chunks = hearing(way.request, way.spoken, way.model)
        self._running[id(way.request)] = chunks
        try:
            async with contextlib.aclosing(self._receive(way, chunks)) as batches:
                async for batch in batches:
                    yield batch
        except (BackendError, *_FAULTS) as error:
            # Once the server has said how the reply ended, a fault of the line takes nothing away.
            if not chunks.ended:
                if rest := chunks.rest():
                    yield rest
                fault = self._told(error)
                raise fault from (error.__cause__ if fault is error else error)
        finally:
            # The same request may run twice; who began last is the one that can be told to answer.
            if self._running.get(id(way.request)) is chunks:
                del self._running[id(way.request)]
        if rest := chunks.rest():
            yield rest
        yield chunks.finish(key=self._key)

    async def _receive(self, way: "_Way", chunks: Chunks) -> AsyncGenerator[Events, None]:
        watch = Watch(way.patience)
        reading = Reading(chunks, key=self._key)
        async with self._reply(way, watch) as response:
            pieces = response.iter_bytes()
            while True:
                async with watch.limit():
                    piece = await anext(pieces, b"")
                events = reading.feed(piece)
                if events:
                    watch.heard()
                    yield events
                if reading.fault is not None:
                    raise reading.fault
                if reading.done:
                    await _drain(pieces)
                if reading.done or not piece:
                    return
                if chunks.ended:
                    watch.hurry(FAREWELL)

    @contextlib.asynccontextmanager
    async def _reply(self, way: "_Way", watch: Watch) -> AsyncIterator[Any]:
        """Send the request and give the response, which is closed in the end whatever happens."""
        media = [
            part.blob for said in way.request.turns for part in said.parts if isinstance(part, Picture | Clip)
        ]
        parcel = await self._media.pack(media)
        asked = body(way.request, way.spoken, way.model, parcel.url)
        line = self._connected()
        async with contextlib.AsyncExitStack() as stack:
            headers = stack.enter_context(line.wire.carrying(parcel))
            async with watch.limit():
                response = await stack.enter_async_context(
                    line.client.chat.completions.with_streaming_response.create(
                        model=asked.pop("model"),
                        # In `extra_body`, which counts: the SDK walks every message given here, 0.6 ms each.
                        messages=[],
                        stream=asked.pop("stream"),
                        extra_body=asked,
                        extra_headers=headers,
                    )
                )
                if not is_event_stream(response.http_response):
                    raise self._not_a_stream(await response.text())
            yield response

    def _not_a_stream(self, text: str) -> BackendError:
        if text.lstrip().startswith("{") and '"error"' in text:
            return from_reply(400, {}, text, host=self._host, key=self._key)
        if text.lstrip().startswith("<"):
            return Misdirected("backend.web_page", host=self._host)
        return Broken("backend.garbled")

    async def _default_model(self, models: tuple[str, ...]) -> str:
        if not self._first_listed:
            self._first_listed = next(iter(models), "") or await self._list_first()
        return self._first_listed

    async def _list_first(self) -> str:
        listing = await probe.list_models(self._url, self._fetch)
        server = probe.recognise(self._url, listing, {}, "")
        if not server.model:
            raise Rejected("backend.no_models")
        self.limits = probe.limits(self.limits, server)
        return server.model

    async def _hear_a_word(self, model: str) -> None:
        """Ask for a reply and leave after its first word; asked as the profile says, so that all of it is tested."""
        profile = self._profile
        hello = Request(
            (Said(Role.USER, ("Hi",)),),
            model,
            profile.thinking,
            profile.sampling,
            profile.budget,
            profile.effort,
        )
        patience = replace(self._patience, first=min(CHECKING, self._patience.first))
        async with contextlib.aclosing(self._stream(hello, patience)) as batches:
            await anext(batches)

    async def _fetch(self, path: str, told: dict[str, Any] | None = None) -> object:
        """Return the JSON at a path of the server, which is told something if need be; raises `BackendError`."""
        client = self._connected().client
        try:
            async with asyncio.timeout(CHECKING):
                if told is None:
                    response = await client.get(path, cast_to=httpx2.Response)
                else:
                    response = await client.post(path, body=told, cast_to=httpx2.Response)
            if response.text.lstrip().startswith("<"):
                raise Misdirected("backend.web_page", host=self._host)
            return response.json()
        except TimeoutError as error:
            raise Busy("backend.silent", n=round(CHECKING)) from error
        except _FAULTS as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> BackendError:
        return translate(error, host=self._host, key=self._key)

    def _connected(self) -> "_Line":
        if self._line is None:
            if not (self._key.isascii() and self._key.isprintable()):
                raise Refused("backend.wrong_key")
            try:
                urlsplit(self._url).port  # noqa: B018 - raises where the port cannot be one
                self._line = _Line(self._url, self._key, self._patience.connect)
            except (ValueError, httpx2.InvalidURL) as error:
                raise Misdirected("backend.wrong_address", host=self._host) from error
            except ImportError as error:  # the system's proxy speaks SOCKS, for which nothing is installed
                raise Unreachable("backend.no_proxy", host=self._host) from error
        return self._line


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    """Read what little follows the last event, so that the connection can be used again."""
    with contextlib.suppress(*_FAULTS):
        async with asyncio.timeout(DRAIN):
            async for _ in pieces:
                pass


@dataclass(frozen=True, slots=True)
class _Way:
    """A request, and how it is put to the server."""

    request: Request
    spoken: Dialect
    model: str
    patience: Patience


class _Line:
    """The client of one server and the wire below it."""

    def __init__(self, url: str, key: str, connect: float) -> None:
        self.wire = Wire(url, key)
        # Every argument that the SDK would otherwise take from the environment is given.
        self.client = openai.AsyncOpenAI(
            api_key=key or "none",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            base_url=url,
            max_retries=0,  # whether to try again is for the app to decide, and for the user to see
            timeout=httpx2.Timeout(connect=connect, read=None, write=120, pool=None),
            http_client=httpx2.AsyncClient(transport=self.wire, trust_env=False, follow_redirects=False),
        )
