"""Which pictures of a draft are looked through for secrets, and what was found in them.

Looking takes a second or two each, so that only so many are looked at; a page whose own text has no secret counts as
looked at when there are too many.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.budget import chosen_pictures
from app.model.attachments import Attachment, Draft, Kind, Picture, Progress
from app.model.marks import Mark, Shape
from app.model.messages import Message, Question
from app.model.profiles import Profile
from app.secret_patterns import Kind as SecretKind
from app.secrets import Secret, kinds_in, masked

LOOK_LIMIT = 40  # pictures of one draft that are looked at


@dataclass(frozen=True, slots=True)
class Place:
    """A picture in a draft: the id and the name of its attachment, and its index there."""

    attachment: str
    name: str
    index: int
    picture: Picture


@dataclass(frozen=True, slots=True)
class Suspect:
    """A picture that seems to show secrets, of these kinds, and the marks that would hide them."""

    place: Place
    kinds: frozenset[SecretKind]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What was found in a draft.

    `looked` of `total` pictures were looked at; `texts` are the names of attachments whose own text holds secrets.
    """

    suspects: tuple[Suspect, ...]
    texts: tuple[str, ...]
    looked: int
    total: int

    def __bool__(self) -> bool:
        """Tell whether there is anything to ask the user about."""
        return bool(self.suspects or self.texts or self.looked < self.total)


def places(draft: Draft) -> tuple[Place, ...]:
    """Return every picture that would be sent: single pictures first, then pages and stills."""
    ready = [one for one in draft.attachments if one.progress is Progress.READY]
    ordered = sorted(ready, key=lambda one: one.kind is not Kind.PICTURE)
    return tuple(place for one in ordered for place in _places_in(one))


def _places_in(one: Attachment) -> Iterator[Place]:
    chosen = set(chosen_pictures(one))
    for index, picture in enumerate(one.pictures):
        if picture in chosen:
            yield Place(one.id, one.name, index, picture)


def to_look_at(found: Sequence[Place]) -> tuple[Place, ...]:
    """Return which of the pictures to look at.

    Of too many first those whose own text is suspicious, then those without any, evenly spread: stills of a clip are
    much alike.
    """
    if len(found) <= LOOK_LIMIT:
        return tuple(found)
    suspicious = [place for place in found if kinds_in(place.picture.text)]
    wordless = [place for place in found if not place.picture.text]
    chosen = dict.fromkeys(suspicious[:LOOK_LIMIT])
    chosen |= dict.fromkeys(_spread(wordless, LOOK_LIMIT - len(chosen)))
    chosen |= dict.fromkeys([place for place in found if place not in chosen][: LOOK_LIMIT - len(chosen)])
    return tuple(place for place in found if place in chosen)


def _spread(found: Sequence[Place], most: int) -> Sequence[Place]:
    if len(found) <= most:
        return found
    return [found[step * len(found) // most] for step in range(most)]


def suspect(place: Place, secrets: Sequence[Secret]) -> Suspect | None:
    """Return the picture with marks over its secrets; None when it has none."""
    if not secrets:
        return None
    marks = tuple(
        Mark(
            Shape.REDACTION,
            ((box.left, box.top), (min(box.left + box.width, place.picture.width), box.top + box.height)),
        )
        for box in (secret.box for secret in secrets)
    )
    return Suspect(place, frozenset(secret.kind for secret in secrets), marks)


def suspicion(draft: Draft, looked: Sequence[Place], suspects: Sequence[Suspect]) -> Suspicion:
    """Return what was found in a draft, these of its pictures having been looked at."""
    every = places(draft)
    seen = set(looked)
    missed = sum(place not in seen and not place.picture.text for place in every)
    texts = tuple(one.name for one in draft.attachments if without_secrets(one) != one)
    return Suspicion(tuple(suspects), texts, len(every) - missed, len(every))


def without_secrets(attachment: Attachment) -> Attachment:
    """Return an attachment whose texts hold no secrets any more."""
    pictures = tuple(replace(one, text=masked(one.text)) for one in attachment.pictures)
    return replace(attachment, text=masked(attachment.text), pictures=pictures)


def unseen_by(profile: Profile, messages: Sequence[Message]) -> tuple[Attachment, ...]:
    """Return what was attached to earlier questions after the last that this profile has answered."""
    unseen: tuple[Attachment, ...] = ()
    for message in messages:
        if isinstance(message, Question):
            unseen += message.attachments
        elif message.profile == profile.name:
            unseen = ()
    return unseen
