"""A server that counts is asked for the words of a request, never for its media."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from app.budget import media_tokens
from app.model.attachments import Clip
from app.model.messages import Usage
from app.model.profiles import Thinking
from app.model.requests import Request, Role, Said
from app.ports import Backend
from backends.openai_compatible import OpenAICompatible
from tests.backends.conftest import Heard, MemoryBlobs, RawServer
from tests.model_servers import ModelServer

Hear = Callable[[Backend, Request], Awaitable[Heard]]
Speak = Callable[..., OpenAICompatible]
StartServer = Callable[..., Awaitable[RawServer]]

TURNS = (
    Said(Role.SYSTEM, ("Be brief.",)),
    Said(Role.USER, ("What is this?",)),
    Said(Role.ASSISTANT, ("A table.",)),
)


def saying(body: str) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def behave(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())

    return behave


@pytest.mark.parametrize("thinking", [Thinking.ON, Thinking.OFF])
async def test_llama_cpp_counts_what_it_then_reads(
    thinking: Thinking, llama: ModelServer, speak: Speak, hear: Hear, blobs: MemoryBlobs
) -> None:
    backend = speak(llama.url, "llamacpp", first=60.0)
    picture = blobs.picture("red", (320, 240))
    asked = Said(Role.USER, ("这是什么?" * 20, picture, "And this?"))
    request = Request((*TURNS, asked), thinking=thinking)
    words = await backend.count(request)
    assert words is not None
    (usage,) = (event for event in (await hear(backend, request)).events if isinstance(event, Usage))
    assert usage.prompt == pytest.approx(words + media_tokens(request, backend.limits), rel=0.01)


async def test_vllm_is_told_the_words_and_no_media(
    raw_server: StartServer, speak: Speak, blobs: MemoryBlobs
) -> None:
    server = await raw_server(saying('{"count": 77, "max_model_len": 4096, "tokens": []}'))
    picture = blobs.picture("red")
    clip = Clip(picture.blob, 64, 64, 1.0, 10.0)
    request = Request((Said(Role.USER, ("[a.png]", picture, clip, "What?")),), thinking=Thinking.OFF)
    assert await speak(server.url).count(request) == 77
    (asked,) = server.asked
    assert asked.line == "POST /tokenize HTTP/1.1"
    assert json.loads(asked.body) == {
        "model": "glm-4.5v",
        "chat_template_kwargs": {"enable_thinking": False},
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "[a.png]"}, {"type": "text", "text": "What?"}],
            }
        ],
    }
    assert blobs.reads == []


@pytest.mark.parametrize("body", ["[]", "{}", '{"count": "many"}', '{"count": -1}', "<html>", "no JSON"])
async def test_what_is_no_count_is_none(body: str, raw_server: StartServer, speak: Speak) -> None:
    server = await raw_server(saying(body))
    assert await speak(server.url).count(Request(TURNS)) is None


async def test_nobody_is_asked_who_does_not_count(raw_server: StartServer, speak: Speak) -> None:
    server = await raw_server(saying('{"count": 77}'))
    assert await speak(server.url, "zai", "key").count(Request(TURNS)) is None
    assert await speak(server.url, "openai").count(Request(TURNS)) is None
    assert server.connections == 0
    assert await speak("http://127.0.0.1:9/v1").count(Request(TURNS)) is None
