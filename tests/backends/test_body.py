"""Bodies with media: the same bytes as a plain encoder would make, encoded once, whatever a text says."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from app.errors import Rejected
from app.model.attachments import Blob, Clip
from app.model.requests import Request, Role, Said
from backends import body as body_module
from backends import presets, translate
from backends.body import Media
from backends.transport import Wire


def request_of(*parts: Any) -> Request:
    return Request((Said(Role.USER, parts),))


def plain_url(blobs: Any) -> Callable[[Blob], str]:
    return lambda blob: f"data:{blob.mime};base64,{base64.b64encode(blobs.read(blob)).decode()}"


async def sent(media: Any, blobs: Any, asked: Any, preset: str = "vllm") -> tuple[dict[str, str], bytes]:
    """Return a body as it goes over the wire, by way of the real SDK."""
    spoken = presets.dialect(preset)
    parcel = await media.pack(
        [part.blob for said in asked.turns for part in said.parts if not isinstance(part, str)]
    )
    wire = Wire("http://127.0.0.1/v1", "")
    caught = []

    async def catch(request: Any) -> httpx2.Response:
        caught.append((dict(request.headers), b"".join([piece async for piece in request.stream])))
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=b"")

    wire._transport = httpx2.MockTransport(catch)  # type: ignore[assignment]
    client = openai.AsyncOpenAI(
        api_key="x", base_url="http://127.0.0.1/v1", http_client=httpx2.AsyncClient(transport=wire)
    )
    with wire.carrying(parcel) as headers:
        asked_body = translate.body(asked, spoken, "glm-4.5v", parcel.url)
        await client.chat.completions.create(**asked_body_arguments(asked_body), extra_headers=headers)
    await client.close()
    return caught[0]


def asked_body_arguments(asked: Any) -> dict[str, Any]:
    return {name: asked.pop(name) for name in ("model", "messages", "stream")} | {"extra_body": asked}


async def test_the_body_is_what_a_plain_encoder_would_have_made(blobs: Any) -> None:
    asked = request_of("Seite ①", blobs.picture("red"), '"quoted" \\ 好', blobs.picture("blue"), "And?")
    headers, data = await sent(Media(blobs), blobs, asked)
    plain = translate.body(asked, presets.dialect("vllm"), "glm-4.5v", plain_url(blobs))
    ordered = {name: plain[name] for name in json.loads(data)}
    assert data == json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()
    assert headers["content-length"] == str(len(data))


@pytest.mark.parametrize(
    "size", [1, 2, 3, 4, 1000, body_module.SLICE, body_module.SLICE + 1, 3 * body_module.SLICE + 2]
)
async def test_sizes_around_every_edge(blobs: Any, size: int) -> None:
    clip = Clip(blobs.keep(bytes(n % 251 for n in range(size)), "video/mp4"), 8, 8, 1.0, 1.0)
    headers, data = await sent(Media(blobs), blobs, request_of(clip, "?"))
    assert headers["content-length"] == str(len(data))
    url = json.loads(data)["messages"][0]["content"][0]["video_url"]["url"]
    assert url == plain_url(blobs)(clip.blob)


async def test_a_large_file_is_encoded_on_its_way_out(blobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "LARGE", 1000)
    clip = Clip(blobs.keep(bytes(range(256)) * 8000, "video/mp4"), 8, 8, 1.0, 1.0)
    media = Media(blobs)
    headers, data = await sent(media, blobs, request_of(clip, "?"))
    assert headers["content-length"] == str(len(data))
    assert json.loads(data)["messages"][0]["content"][0]["video_url"]["url"] == plain_url(blobs)(clip.blob)
    assert media._kept == {}


async def test_nothing_is_encoded_twice(blobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode = base64.b64encode

    def noting(data: bytes) -> bytes:
        encoded.append(len(data))
        return encode(data)

    monkeypatch.setattr(base64, "b64encode", noting)
    media, pages = Media(blobs), [blobs.picture("red", (n, n)) for n in range(1, 61)]
    await media.pack([page.blob for page in pages])
    assert len(encoded) == len(blobs.reads) == 60
    _, first = await sent(media, blobs, request_of(*pages, pages[0], "first"))
    _, second = await sent(media, blobs, request_of(*pages, pages[0], "again"))
    assert len(encoded) == len(blobs.reads) == 60
    assert first.replace(b"first", b"again") == second


async def test_media_are_encoded_off_the_loop(blobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()
    encode = base64.b64encode

    def noting(data: bytes) -> bytes:
        threads.add(threading.get_ident())
        return encode(data)

    monkeypatch.setattr(base64, "b64encode", noting)
    await Media(blobs).pack([blobs.picture("red").blob])
    assert threads
    assert threading.get_ident() not in threads


async def test_only_the_latest_are_kept(blobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "KEPT", 3000)
    media = Media(blobs)
    kept = [blobs.keep(bytes([n]) * 900, "image/png") for n in range(5)]
    parcel = await media.pack(kept)
    assert list(media._kept) == [blob.digest for blob in kept[-2:]]
    assert len(parcel.held) == 5, "a request holds on to what it sends"


async def test_no_text_can_stand_for_a_picture(blobs: Any) -> None:
    media = Media(blobs)
    picture = blobs.picture("red")
    old = (await media.pack([picture.blob])).url(picture.blob)
    asked = request_of(f"{old} {'0' * 32}.{picture.blob.digest}.", picture)
    _, data = await sent(media, blobs, asked)
    parts = json.loads(data)["messages"][0]["content"]
    assert parts[0]["text"] == asked.turns[0].parts[0]
    assert parts[1]["image_url"]["url"] == plain_url(blobs)(picture.blob)


async def test_a_picture_that_is_gone_or_changed_is_said_before_anything_is_sent(blobs: Any) -> None:
    picture = blobs.picture("red")
    blobs.forget(picture.blob)
    with pytest.raises(Rejected, match="media_gone"):
        await Media(blobs).pack([picture.blob])
    shorter = type(picture.blob)(blobs.keep(b"12", "image/png").digest, 3, "image/png")
    with pytest.raises(Rejected, match="media_gone"):
        await Media(blobs).pack([shorter])
