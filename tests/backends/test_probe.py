"""Who answers: the replies of every kind of server, those of a real one, and nonsense in their place."""

import asyncio
import json
from typing import Any

import pytest

from app.model.checkups import Health, Server
from app.model.limits import Limits, Sight
from backends import probe
from backends.presets import DIALECTS
from tests.model_servers import CONTEXT


def models(owner: str, name: str = "glm-4.5v", **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": owner, **more}]}


# As the servers send them.
VLLM = {
    "/v1/models": models("vllm", max_model_len=65536, root="zai-org/GLM-4.5V"),
    "/version": {"version": "0.32.0"},
}
SGLANG = {
    "/v1/models": models("sglang", max_model_len=4096, root="glm-4.5v"),
    "/server_info": {"version": "0.5.23", "served_model_name": "glm-4.5v", "context_length": 8192},
    "/model_info": {"model_path": "zai-org/GLM-4.5V", "has_image_understanding": True},
}
LLAMA = {
    "/v1/models": models("llamacpp", "/models/eye-glm41v.gguf"),
    "/props": {
        "default_generation_settings": {"n_ctx": 8192},
        "build_info": "b7000-abcdef0",
        "modalities": {"vision": False, "audio": False},
    },
    # It answers at Ollama's path too, for programs that know only that.
    "/api/version": {"version": "0.0.1"},
}
OLLAMA = {
    "/v1/models": models("library", "qwen3-vl:8b"),
    "/api/version": {"version": "0.12.6"},
    "/api/show": {
        "capabilities": ["completion", "vision", "thinking"],
        "parameters": 'stop    "<|end|>"\nnum_ctx                        16384\n',
        "model_info": {"qwen3vl.context_length": 262144},
    },
    "/api/ps": {"models": []},
}
LM_STUDIO = {
    "/v1/models": models("organization_owner", "zai-org/glm-4.6v-flash"),
    "/api/v0/models": {
        "object": "list",
        "data": [
            {"id": "embedder", "type": "embeddings", "max_context_length": 2048},
            {
                "id": "zai-org/glm-4.6v-flash",
                "type": "vlm",
                "state": "loaded",
                "max_context_length": 131072,
                "loaded_context_length": 12000,
            },
        ],
    },
    # It answers everything.
    "/version": {"error": "Unexpected endpoint or method. (GET /version)"},
    "/api/version": {"error": "Unexpected endpoint or method. (GET /api/version)"},
}
LM_STUDIO_NEW = {
    "/v1/models": LM_STUDIO["/v1/models"],
    "/api/v1/models": {
        "models": [
            {
                "type": "llm",
                "key": "zai-org/glm-4.6v-flash",
                "capabilities": {"vision": True, "trained_for_tool_use": True},
                "max_context_length": 131072,
                "loaded_instances": [{"id": "a", "config": {"context_length": 12000}}],
            }
        ]
    },
}
TRANSFORMERS = {
    "/v1/models": models("zai-org", "zai-org/GLM-4.1V-9B-Thinking"),
    "/openapi.json": {"paths": {path: {} for path in ("/v1/chat/completions", "/load_model", "/reset")}},
}


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        (VLLM, ("vllm", "0.32.0", "glm-4.5v", 65536, None, None, Sight.GLM_4V)),
        (SGLANG, ("sglang", "0.5.23", "glm-4.5v", 4096, True, None, Sight.GLM_4V)),
        (LLAMA, ("llamacpp", "b7000-abcdef0", "/models/eye-glm41v.gguf", 8192, False, False, Sight.UNKNOWN)),
        (OLLAMA, ("ollama", "0.12.6", "qwen3-vl:8b", 16384, True, False, Sight.UNKNOWN)),
        (LM_STUDIO, ("lmstudio", "", "zai-org/glm-4.6v-flash", 12000, True, False, Sight.GLM_46V)),
        (LM_STUDIO_NEW, ("lmstudio", "", "zai-org/glm-4.6v-flash", 12000, True, False, Sight.GLM_46V)),
        (TRANSFORMERS, ("transformers", "", "zai-org/GLM-4.1V-9B-Thinking", None, None, False, Sight.GLM_4V)),
        ({"/v1/models": models("somebody")}, ("", "", "glm-4.5v", None, None, None, Sight.GLM_4V)),
        ({"/version": {"version": "1.2"}}, ("", "", "", None, None, None, Sight.UNKNOWN)),
    ],
    ids=["vllm", "sglang", "llama", "ollama", "lmstudio", "lmstudio-new", "transformers", "other", "bare"],
)
async def test_every_kind_is_known_by_what_it_answers(
    play: Any, speak: Any, replies: dict[str, object], told: tuple[object, ...]
) -> None:
    backend = speak((await play(replies)).url, preset="openai")
    found = await probe.probe(backend._url, backend._fetch)
    assert told == (
        found.preset,
        found.version,
        found.model,
        found.context,
        found.pictures,
        found.clips,
        found.sight,
    )
    assert found.label == (DIALECTS[found.preset].label if found.preset else "")


async def test_ollama_tells_the_context_of_a_loaded_model(play: Any, speak: Any) -> None:
    loaded = {"models": [{"name": "qwen3-vl:8b", "context_length": 32768}]}
    backend = speak((await play(OLLAMA | {"/api/ps": loaded})).url)
    assert (await probe.probe(backend._url, backend._fetch)).context == 32768
    unset = speak((await play(OLLAMA | {"/api/show": {"capabilities": ["completion"]}})).url)
    found = await probe.probe(unset._url, unset._fetch)
    # What the model was trained with is not what the server gives it.
    assert (found.context, found.pictures) == (None, False)


async def test_a_hosted_service_is_known_by_its_host_and_not_asked() -> None:
    async def ask(*_: object) -> object:
        raise AssertionError("asked")

    found = await probe.probe("https://api.z.ai/api/paas/v4", ask, "glm-4.6v")
    assert (found.preset, found.model, found.sight) == ("zai", "glm-4.6v", Sight.GLM_46V)
    assert "glm-5.3-flash" in found.models


async def test_real_llama_cpp_is_known(llama_eye: Any, speak: Any) -> None:
    backend = speak(llama_eye.url, preset="llamacpp")
    server = (await backend.check()).server
    assert server is not None
    assert (server.preset, server.label) == ("llamacpp", "llama.cpp")
    assert (server.context, server.pictures) == (CONTEXT, True)
    assert server.version == "", "a build that knows not of which source it is"


async def test_only_the_models_are_needed_and_no_reply_is_waited_for_long(
    play: Any, speak: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "PATIENCE", 0.2)

    async def silent(_: object) -> None:
        await asyncio.sleep(60)

    server = await play(dict.fromkeys(probe._PATHS, silent) | {"/v1/models": VLLM["/v1/models"]})
    backend = speak(server.url)
    async with asyncio.timeout(20):
        found = await probe.probe(backend._url, backend._fetch)
    assert (found.preset, found.version, found.context) == ("vllm", "", 65536)


async def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else(play: Any, speak: Any) -> None:
    thief = await play({})

    async def elsewhere(writer: Any) -> None:
        writer.write(f"HTTP/1.1 302 X\r\nLocation: {thief.url}\r\nContent-Length: 0\r\n\r\n".encode())

    server = await play(VLLM | {"/version": elsewhere, "/props": elsewhere})
    backend = speak(server.url, key="sk-secret-key")
    found = await probe.probe(backend._url, backend._fetch)
    assert (found.preset, found.version) == ("vllm", "")
    assert thief.asked == []
    assert all(asked.headers["authorization"] == "Bearer sk-secret-key" for asked in server.asked)


NONSENSE: list[Any] = [
    None,
    3,
    "x",
    [],
    [[]] * 3,
    {},
    {"data": 3, "models": 3, "version": 5, "paths": [], "capabilities": {}, "parameters": 4},
    {
        "data": [None, {"id": 5}, {"id": ""}, {"id": "x" * 300}, {"owned_by": []}],
        "models": [None, {"name": []}],
    },
    {"modalities": 1, "default_generation_settings": {"n_ctx": -4}, "build_info": ["b"]},
    {"modalities": {"vision": "yes"}, "default_generation_settings": {"n_ctx": True}, "version": {"a": 1}},
    {"capabilities": [[]], "parameters": "num_ctx 99999999999999999999", "type": []},
    {"data": [{"id": "m", "type": [], "capabilities": 4, "loaded_instances": [{"config": 3}]}]},
]


@pytest.mark.parametrize("reply", NONSENSE, ids=lambda reply: json.dumps(reply)[:40])
@pytest.mark.parametrize("owner", ["vllm", "sglang", "llamacpp", "library", "x"])
def test_nonsense_teaches_nothing(owner: str, reply: Any) -> None:
    every = (*probe._PATHS, probe._SHOWN, probe._RUNNING, probe._SCHEMA)
    told = dict.fromkeys(every, reply)
    for listing in (reply, models(owner)):
        found = probe.recognise("http://127.0.0.1:1/v1", listing, told, "")
        assert (found.context, found.pictures, found.version) == (
            None,
            None,
            "",
        ) or found.preset == "lmstudio"
        assert all(0 < len(name) <= probe.NAME_LIMIT for name in found.models)
        probe.limits(Limits(), found)


def test_foreign_text_is_one_short_line() -> None:
    told = {"/version": {"version": "1\n2\u202e" + "9" * 100}}
    found = probe.recognise("http://127.0.0.1:1/v1", models("vllm"), told, "")
    assert found.version.startswith("1 2")
    assert len(found.version) <= 40
    assert "\u202e" not in found.version


def test_the_models_keep_the_servers_order_and_the_rest_is_about_the_one_in_use() -> None:
    listing = {
        "data": [
            {"id": "b", "max_model_len": 4096, "owned_by": "vllm"},
            {"id": "a", "max_model_len": 1, "owned_by": "vllm", "root": "zai-org/GLM-4.6V"},
        ]
    }
    found = probe.recognise("http://h/v1", listing, {}, "a")
    assert (found.models, found.model, found.context, found.sight) == (("b", "a"), "a", 1, Sight.GLM_46V)
    assert probe.recognise("http://h/v1", listing, {}, "").model == "b"
    assert probe.recognise("http://h/v1", listing, {}, "unknown").context is None


def test_what_the_server_tells_comes_before_what_was_known() -> None:
    known = Limits(context=7, clips=1, pictures=9, sight=Sight.GLM_5)
    assert probe.limits(known, Server("u")) == known
    told = Server("u", context=4096, pictures=False, clips=False, sight=Sight.GLM_4V)
    assert probe.limits(known, told) == Limits(context=4096, clips=0, pictures=0, sight=Sight.GLM_4V)


async def test_a_server_of_another_kind_is_named_by_the_checkup(play: Any, speak: Any) -> None:
    """Even where the profile's dialect is refused: that is when it is needed."""
    server = await play(TRANSFORMERS)
    found = await speak(server.url, preset="vllm").check()
    assert found.health is not Health.WORKS
    assert found.server is not None
    assert found.server.preset == "transformers"
