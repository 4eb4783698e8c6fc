"""A case put to a server: the body that went over the wire and the events that came back, kept as JSON.

``GLIMPSE_SNAPSHOTS=write`` writes what is meant; otherwise what is kept is what must come again.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx2

from app.model.events import Answer, Event, Finish, Reasoning, Steered
from app.model.messages import Usage
from app.model.profiles import Profile, Thinking
from app.model.requests import Begun
from backends.openai_compatible import OpenAICompatible
from tests.big_servers import VENV
from tests.model_servers import ModelServer
from tests.servers.cases import Case, Model
from tests.servers.kinds import Kind
from tests.servers.talk import Heard, Studio, listen
from tests.servers.tap import Tap

WIRE = Path(__file__).parents[1] / "fixtures" / "wire"
LONG = 300  # characters: of a longer text its beginning and its digest are kept
THOUGHT_OF_EYES = "Let me look."


@dataclass(frozen=True, slots=True)
class Trip:
    """What went to the server, media and long texts by name, and what was heard; no body if nothing was sent."""

    body: dict[str, Any] | None
    heard: Heard

    def __str__(self) -> str:
        told = {"request": self.body, "events": list(_events(self.heard))}
        return _dump(told)


async def put(case: Case, kind: Kind, server: ModelServer, folder: Path) -> Trip:
    """Ask a server as the app would, and listen along the wire."""
    studio = Studio(folder)
    profile = Profile(
        "p",
        "Test",
        kind.preset,
        model=server.model,
        thinking=case.thinking,
        system=case.system,
        sampling=case.sampling,
        budget=case.budget,
    )
    async with aclosing(Tap(server)) as tap:
        await tap.open()
        backend = OpenAICompatible(
            replace(profile, base_url=tap.near.url), key=server.key, blobs=studio.blobs
        )
        async with aclosing(backend):
            request = studio.request(case, profile, backend.limits)
            if case.hurried:
                begun = Begun("".join(re.findall(r" ?\S+", server.thought)[:3]), "")
                request = replace(request, begun=begun)
            heard = await listen(backend, request)
    names = studio.names | {server.model: "the model"}
    return Trip(next((_named(body, names) for body in bodies(bytes(tap.sent))), None), heard)


def writing() -> bool:
    """Tell whether what comes is to be kept."""
    return os.environ.get("GLIMPSE_SNAPSHOTS") == "write"


def check_reply(case: Case, kind: Kind, server: ModelServer, heard: Heard) -> None:
    """Check that a case ended as it should, or as this kind of server is known to end it."""
    known = kind.expects(case)
    if known is not None and (known.fault or case.fault):
        assert heard.fault == known.fault
        return
    assert heard.fault == case.fault
    if case.fault:
        return
    eyes = case.model is Model.EYES
    quiet = (case.hurried or case.thinking is Thinking.OFF) and not (known and known.thinks)
    assert heard.answer == (known.answer if known and known.answer else case.answer or server.answer)
    thought = "" if quiet else THOUGHT_OF_EYES if eyes else server.thought
    if case.budget is not None and known is None:
        assert 0 < len(heard.reasoning) < len(thought) / 2
        thought = thought[: len(heard.reasoning)]
    assert heard.reasoning == thought
    assert heard.events[-1] == Finish(heard.ended)


def check_snapshot(case: Case, kind: Kind, trip: Trip) -> None:
    """Check a trip against the one that is kept, word for word."""
    file = WIRE / kind.name / f"{case.name}.json"
    if writing():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(trip), encoding="utf-8")
    assert str(trip) == file.read_text(encoding="utf-8")


def check_version(kind: Kind, server: ModelServer) -> None:
    """Check that a server is of the version that the table tells of."""
    file = WIRE / kind.name / "version"
    if writing():
        file.write_text(version(kind, server) + "\n")
    assert version(kind, server) == file.read_text().strip()


def version(kind: Kind, server: ModelServer) -> str:
    """Return the version of a server, which only some tell."""
    match kind.name:
        case "vllm":
            return str(_asked(server, "/version")["version"])
        case "sglang":
            return str(_asked(server, "/server_info")["version"])
        case "transformers":
            return _installed("transformers")
        case _:
            return metadata.version("xllamacpp")


def _asked(server: ModelServer, path: str) -> Any:
    return httpx2.get(server.url.removesuffix("/v1") + path).raise_for_status().json()


def _installed(name: str) -> str:
    (folder,) = VENV.glob(f"lib/python*/site-packages/{name}-*.dist-info")
    return folder.name.removesuffix(".dist-info").partition("-")[2]


def check_body(case: Case, kind: Kind, trip: Trip) -> None:
    """Check that a server would be sent what it was sent when it was asked itself."""
    file = WIRE / kind.name / f"{case.name}.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    if writing():  # its events stay: only the server itself can tell others
        kept["request"] = trip.body
        file.write_text(_dump(kept), encoding="utf-8")
    assert json.dumps(trip.body, indent=1) == json.dumps(kept["request"], indent=1)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def bodies(sent: bytes) -> Iterator[Any]:
    """Yield the body of each question in what a client sent."""
    while sent:
        head, _, rest = sent.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().splitlines()
        length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
        if lines[0].startswith("post ") and "/chat/completions " in lines[0]:
            yield json.loads(rest[:length])
        sent = rest[length:]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Return JSON with names in place of media, and of whatever else differs from machine to machine."""
    if isinstance(value, dict):
        return {key: _named(held, names) for key, held in value.items()}
    if isinstance(value, list):
        return [_named(held, names) for held in value]
    if not isinstance(value, str):
        return value
    head, base64_, data = value.partition(";base64,")
    if base64_:
        digest = hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()
        return f"{head}{base64_}<{names.get(digest, digest)}>"
    if len(value) > LONG:
        return f"{value[:40]}… <{len(value)} characters, {hashlib.sha256(value.encode()).hexdigest()[:12]}>"
    return f"<{names[value]}>" if value in names else value


def _events(heard: Heard) -> Iterator[dict[str, Any]]:
    """Yield what was heard, pieces of one text joined: how they were cut is the network's doing."""
    texts: list[Reasoning | Answer] = []
    for event in heard.events:
        if isinstance(event, Reasoning | Answer):
            if texts and type(texts[-1]) is not type(event):
                yield _text(texts)
                texts.clear()
            texts.append(event)
            continue
        if texts:
            yield _text(texts)
            texts.clear()
        yield _plain(event)
    if texts:
        yield _text(texts)
    if heard.error is not None:
        told = heard.error.sentence
        yield {"fault": type(heard.error).__name__, "says": told.key, **dict(told.args)}


def _text(texts: list[Reasoning | Answer]) -> dict[str, str]:
    name = "reasoning" if isinstance(texts[0], Reasoning) else "answer"
    return {name: "".join(piece.text for piece in texts)}


def _plain(event: Event) -> dict[str, Any]:
    match event:
        case Usage(prompt, completion, reasoning):  # what was cached depends on who asked before
            counted = {"prompt": prompt, "completion": completion, "reasoning": reasoning}
            return {"usage": {name: count for name, count in counted.items() if count is not None}}
        case Finish(ended):
            return {"finish": ended.value}
        case Steered(by):
            return {"steered": by.value}
        case _:
            return {"event": repr(event)}
