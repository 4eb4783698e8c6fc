"""The wire below the SDK: fills media into bodies, and lets nothing through that we did not mean.

The SDK reads a dozen environment variables (keys, headers, organisations) and tells every server about
this machine; proxies and redirects would carry a key to strangers.  All of that ends here.
"""

import contextlib
import ipaddress
import urllib.request
from collections.abc import AsyncGenerator, Iterator
from urllib.parse import urlsplit

import httpx2

from backends.body import Filled, Parcel

REPLY_LIMIT = 4 * 2**20  # bytes of anything but a streamed reply: an error page, a list of models

_SENT = ("host", "accept", "content-type", "content-length")
_PARCEL = "x-parcel"


class Wire(httpx2.AsyncBaseTransport):
    """Sends the SDK's requests to one server, with one key."""

    def __init__(self, base_url: str, key: str) -> None:
        self._key = key
        self._parcels: dict[str, Parcel] = {}
        self._transport = httpx2.AsyncHTTPTransport(trust_env=False, proxy=proxy_for(base_url))

    @contextlib.contextmanager
    def carrying(self, parcel: Parcel) -> Iterator[dict[str, str]]:
        """Give the header with which a request asks for this parcel's media; it never leaves."""
        self._parcels[parcel.mark] = parcel
        try:
            yield {_PARCEL: parcel.mark}
        finally:
            del self._parcels[parcel.mark]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` as it should go, and refuse a reply that could flood us."""
        response = await self._transport.handle_async_request(self._dressed(request))
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            # We asked for plain bytes; a small packed reply may unpack to anything.
            await response.aclose()
            raise httpx2.DecodingError(
                "the reply is packed although we asked for plain bytes", request=request
            )
        if isinstance(response.stream, httpx2.AsyncByteStream) and not _is_reply(request, response):
            response.stream = _Capped(response.stream, request)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    def _dressed(self, request: httpx2.Request) -> httpx2.Request:
        headers = {name: value for name, value in request.headers.items() if name in _SENT}
        headers |= {"accept-encoding": "identity", "user-agent": "Glimpse"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        parcel = self._parcels.get(request.headers.get(_PARCEL, ""))
        if parcel is None:
            stream = request.stream
        else:
            stream = _Body(parcel.fill(request.content))
            headers["content-length"] = str(stream.length)
        return httpx2.Request(
            request.method, request.url, headers=headers, stream=stream, extensions=request.extensions
        )


class _Body(httpx2.AsyncByteStream):
    """A filled body as httpx2 wants it."""

    def __init__(self, filled: Filled) -> None:
        self.length = filled.length
        self._filled = filled

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        async for piece in self._filled:
            yield piece


class _Capped(httpx2.AsyncByteStream):
    """A reply of bounded size."""

    def __init__(self, stream: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        room = REPLY_LIMIT
        async for piece in self._stream:
            room -= len(piece)
            if room < 0:
                raise httpx2.DecodingError("the reply is too large", request=self._request)
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _is_reply(request: httpx2.Request, response: httpx2.Response) -> bool:
    """Tell whether a response is the stream we asked for, which is measured as it is read."""
    asked = request.url.path.endswith("/chat/completions")
    return asked and response.status_code == httpx2.codes.OK and is_event_stream(response)


def is_event_stream(response: httpx2.Response) -> bool:
    """Tell whether a response is a stream of events."""
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


def is_near(host: str) -> bool:
    """Tell whether a host is this machine or on a private network, where no proxy belongs."""
    with contextlib.suppress(ValueError):
        return not ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_global
    return "." not in host or host.endswith((".localhost", ".local", ".lan", ".internal", ".home.arpa"))


def proxy_for(base_url: str) -> str | None:
    """Return the system's proxy for a server; none for one that is near."""
    url = urlsplit(base_url)
    host = url.hostname or ""
    if is_near(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(url.scheme) or proxies.get("all")
