"""Our request in their words: the JSON body of a chat completion.  Pure."""

from collections.abc import Callable
from typing import Any

from app.errors import Rejected
from app.model.attachments import Blob, Clip, Picture
from app.model.requests import Part, Request, Role, Said
from backends.presets import Clips, Dialect
from backends.steering import approach

Url = Callable[[Blob], str]


def body(request: Request, spoken: Dialect, model: str, url: Url) -> dict[str, Any]:
    """Return the body that asks `model` this request; `url` names a blob's data URL.

    The same request gives the same body, key order included, so that a server's cache of the beginning
    holds.  Raises `Rejected` for a part that this server has no word for.
    """
    sampling = request.sampling
    how = approach(request, spoken, model)
    chosen = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        spoken.max_tokens: sampling.max_tokens,
    }
    messages = [_message(said, spoken, url) for said in (*request.turns, *how.more)]
    asked: dict[str, Any] = {
        "model": model,
        "messages": messages if how.begun is None else [*messages, how.begun],
        "stream": True,
    }
    if spoken.usage_option:
        asked["stream_options"] = {"include_usage": True}
    asked |= {key: value for key, value in chosen.items() if value is not None}
    return {**asked, **how.fragment}


def counted(asked: dict[str, Any]) -> dict[str, Any]:
    """Return of a body what a server needs to count its words: what the template sees, without the media."""
    seen = ("model", "chat_template_kwargs")
    return {
        "messages": [_spoken(message) for message in asked["messages"]],
        **{key: value for key, value in asked.items() if key in seen},
    }


def _spoken(message: dict[str, Any]) -> dict[str, Any]:
    content = message["content"]
    if isinstance(content, str):
        return message
    return {**message, "content": [part for part in content if part["type"] == "text"]}


def _message(said: Said, spoken: Dialect, url: Url) -> dict[str, Any]:
    # Plain text stays plain: some templates and servers know no other content for these roles.
    if said.role is not Role.USER or all(isinstance(part, str) for part in said.parts):
        return {"role": said.role.value, "content": "\n\n".join(_texts(said))}
    return {"role": said.role.value, "content": [_part(part, spoken, url) for part in said.parts]}


def _texts(said: Said) -> list[str]:
    return [part for part in said.parts if isinstance(part, str)]


def _part(part: Part, spoken: Dialect, url: Url) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    kind = _kind(part, spoken)
    told: dict[str, Any] = {"type": kind, kind: {"url": url(part.blob)}}
    return told | {"uuid": part.blob.digest} if spoken.media_ids else told


def _kind(part: Picture | Clip, spoken: Dialect) -> str:
    if isinstance(part, Picture):
        return "image_url"
    if spoken.clips is Clips.STILLS:
        raise Rejected("backend.no_clips")
    return spoken.clips.value
