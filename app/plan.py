"""From what the user wrote and attached to the request that is sent, and what stands in its way.

Pure, and the same input always gives the same request: a server that kept the beginning of a conversation in its
cache finds it again byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from app.budget import attachment_tokens, chosen_pictures, fits_as_clip, request_tokens
from app.model.attachments import Attachment, Clip, Draft, Kind, Picture, Progress
from app.model.limits import Limits
from app.model.messages import Message, Question, Reply
from app.model.profiles import Profile
from app.model.requests import Part, Request, Role, Said
from app.model.sentences import Sentence, sentence

ROOM_FOR_ANSWER = 1024  # tokens that must be left for the answer at the very least

_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Load:
    """What a request puts on a backend: tokens, pictures, clips, and the bytes of its heaviest picture."""

    tokens: int = 0
    pictures: int = 0
    clips: int = 0
    heaviest: int = 0

    def __add__(self, other: "Load") -> "Load":
        """Return the load of both together."""
        return Load(
            self.tokens + other.tokens,
            self.pictures + other.pictures,
            self.clips + other.clips,
            max(self.heaviest, other.heaviest),
        )


def load_of(request: Request, limits: Limits) -> Load:
    """Return what a request puts on this backend."""
    parts = [part for turn in request.turns for part in turn.parts]
    pictures = [part for part in parts if isinstance(part, Picture)]
    clips = sum(isinstance(part, Clip) for part in parts)
    heaviest = max((picture.blob.size for picture in pictures), default=0)
    return Load(request_tokens(request, limits), len(pictures), clips, heaviest)


def draft_load(draft: Draft, limits: Limits) -> Load:
    """Return what sending this draft would add to what a conversation puts on a backend already."""
    return load_of(Request((Said(Role.USER, question_parts(asked(draft), limits)),)), limits)


def obstacle(draft: Draft, load: Load, profile: Profile, limits: Limits) -> Sentence | None:
    """Say why this draft must not be sent, `load` being that of the whole request; None if it may."""
    return _waiting(draft) or excess(load, profile, limits)


def excess(load: Load, profile: Profile, limits: Limits) -> Sentence | None:
    """Say what of a request is more than the backend takes; None if nothing is."""
    if limits.pictures is not None and load.pictures > limits.pictures:
        return sentence("plan.too_many_pictures", n=load.pictures, limit=limits.pictures)
    if load.clips > limits.clips:
        return sentence("plan.too_many_clips", n=load.clips, limit=limits.clips)
    if limits.picture_bytes is not None and load.heaviest > limits.picture_bytes:
        return sentence("plan.picture_too_heavy", limit=f"{limits.picture_bytes / 1e6:.0f}")
    room = room_for(profile, limits)
    if room is not None and load.tokens > room:
        return sentence("plan.too_long", tokens=f"{load.tokens:,}", limit=f"{room:,}")
    return None


def room_for(profile: Profile, limits: Limits) -> int | None:
    """Return how many tokens a request may have, so that there is room for its answer; None for any number."""
    if limits.context is None:
        return None
    return limits.context - min(profile.sampling.max_tokens or ROOM_FOR_ANSWER, limits.context // 2)


def request_for(messages: Sequence[Message], profile: Profile, limits: Limits) -> Request:
    """Return the request that asks the last question of a conversation, with the turns before it."""
    turns: list[Said] = []
    if profile.system.strip():
        turns.append(Said(Role.SYSTEM, (profile.system.strip(),)))
    for message in spoken(messages):
        if isinstance(message, Question):
            turns.append(Said(Role.USER, question_parts(message, limits)))
        else:
            # The reasoning stays behind: models are trained without it, and it feeds loops.
            turns.append(Said(Role.ASSISTANT, (message.answer,)))
    return Request(
        tuple(turns), profile.model, profile.thinking, profile.sampling, profile.budget, profile.effort
    )


def spoken(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages that a model gets to read: replies with an answer, their questions, and the last question."""
    return tuple(
        message
        for message, following in pairwise((*messages, None))
        if message is not None
        and (
            _answered(message if isinstance(message, Reply) else following)
            or (following is None and isinstance(message, Question))
        )
    )


def asked(draft: Draft) -> Question:
    """Return a draft as the question it would be."""
    return Question(0, draft.text, draft.attachments, _NEVER)


def question_parts(question: Question, limits: Limits) -> tuple[Part, ...]:
    """Return a question as parts: what is attached first, each labelled, and the words last."""
    parts: list[Part] = []
    for attachment in question.attachments:
        if attachment.progress is Progress.READY:
            parts.extend(_attachment_parts(attachment, limits))
    if question.text.strip():
        parts.append(question.text.strip())
    return tuple(parts)


def cost_of(attachment: Attachment, limits: Limits) -> Sentence | None:
    """Say what an attachment will cost, and in which form it will be sent where that is not obvious."""
    if attachment.progress is Progress.FAILED:
        return None
    tokens = f"{attachment_tokens(attachment, limits):,}"
    if attachment.kind is Kind.CLIP and attachment.pictures:
        if attachment.clip is not None and fits_as_clip(attachment.clip, limits):
            return sentence("plan.as_clip", tokens=tokens)
        return sentence("plan.as_stills", n=len(attachment.pictures), tokens=tokens)
    if attachment.kind is Kind.DECK and not attachment.pictures and attachment.text:
        return sentence("plan.as_text", tokens=tokens)
    return sentence("plan.cost", tokens=tokens) if attachment.pictures else None


def _answered(message: Message | None) -> bool:
    return isinstance(message, Reply) and bool(message.answer.strip())


def _attachment_parts(attachment: Attachment, limits: Limits) -> list[Part]:
    name = attachment.name
    if attachment.kind is Kind.PICTURE and attachment.pictures:
        return list(attachment.pictures)
    if attachment.kind is Kind.CLIP and attachment.clip is not None and fits_as_clip(attachment.clip, limits):
        return [f"[{name}]", attachment.clip]
    parts: list[Part] = []
    for picture in chosen_pictures(attachment):
        parts += [f"[{name}, {_place(picture)}]", picture]
    if attachment.text:
        parts.append(f"[{name}, text only]\n{attachment.text}")
    return parts or [f"[{name}, not sent]"]


def _place(picture: Picture) -> str:
    if picture.seconds is not None:
        minutes, seconds = divmod(picture.seconds, 60)
        return f"at {minutes:.0f}:{seconds:04.1f}"
    return f"page {picture.number}"


def _waiting(draft: Draft) -> Sentence | None:
    for attachment in draft.attachments:
        if attachment.progress is Progress.READING:
            return sentence("plan.still_reading", name=attachment.name)
        if attachment.progress is Progress.FAILED:
            return sentence("plan.remove_failed", name=attachment.name)
    if not draft.text.strip() and not draft.attachments:
        return sentence("plan.empty")
    return None
