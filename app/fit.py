"""What to leave out of a conversation that has become too long for a model: oldest media first, then oldest turns.

Never the question just asked, never the system prompt.  What is left out is always the beginning, so that a cut is
three numbers, and the same conversation is cut the same way whoever asks.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.budget import chosen_pictures, fits_as_clip
from app.model.attachments import Attachment, Draft, Kind, Progress
from app.model.limits import Limits
from app.model.messages import Message, Question
from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from app.plan import asked, excess, load_of, request_for, spoken


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of the beginning of a conversation is not sent: its first pictures, its first clips, its first turns.

    A turn is a question with its reply.
    """

    pictures: int = 0
    clips: int = 0
    turns: int = 0


NOTHING = Cut()


def fit(messages: Sequence[Message], profile: Profile, limits: Limits) -> Cut | None:
    """Return the least cut with which the last question can be asked: `NOTHING` if it can as it is, None if by none."""

    def helps(cut: Cut) -> bool:
        request = request_for(without(messages, cut, limits), profile, limits)
        return excess(load_of(request, limits), profile, limits) is None

    if helps(NOTHING):
        return NOTHING
    cuts = tuple(_cuts(messages, profile, limits))
    # Each leaves out more than the one before: the first that helps is found by halving.
    return cuts[bisect_left(cuts, True, key=helps)] if helps(cuts[-1]) else None


def without(messages: Sequence[Message], cut: Cut, limits: Limits) -> tuple[Message, ...]:
    """Return what of a conversation is sent."""
    if cut == NOTHING:
        return tuple(messages)
    kept = list(spoken(messages))
    questions = [(at, one) for at, one in enumerate(kept) if isinstance(one, Question)]
    pictures, clips = cut.pictures, cut.clips
    for at, question in questions[:-1]:
        kept[at], pictures, clips = _stripped(question, pictures, clips, limits)
    return tuple(kept[questions[cut.turns][0] :]) if questions else ()


def left_out(messages: Sequence[Message], cut: Cut, limits: Limits) -> dict[int, Sentence]:
    """Say by the id of each question of which something is left out what that is."""
    before = [one for one in spoken(messages) if isinstance(one, Question)]
    sent = {one.id: one for one in without(messages, cut, limits) if isinstance(one, Question)}
    told: dict[int, Sentence] = {}
    for question in before:
        if question.id not in sent:
            told[question.id] = sentence("fit.turn_gone")
        elif gone := len(_media(question, limits)) - len(_media(sent[question.id], limits)):
            told[question.id] = sentence("fit.media_gone", n=gone)
    return told


def offer(cut: Cut) -> Sentence:
    """Say what a cut would leave out, as something to do."""
    return _told("leave_out", cut)


def done(cut: Cut) -> Sentence:
    """Say what a cut leaves out."""
    return _told("left_out", cut)


def trimmed(draft: Draft, profile: Profile, limits: Limits) -> tuple[Draft, int]:
    """Return a first question with as many of its pictures, from the first on, as can be sent, and how many cannot.

    Where leaving out all would not help, it is returned as it is.
    """
    total = sum(not is_clip for is_clip in _media(asked(draft), limits))

    def fits(left: int) -> bool:
        request = request_for((asked(_begun(draft, total - left, limits)),), profile, limits)
        return excess(load_of(request, limits), profile, limits) is None

    left = bisect_left(range(total + 1), True, key=fits)
    return (draft, 0) if left > total else (_begun(draft, total - left, limits), left)


def _cuts(messages: Sequence[Message], profile: Profile, limits: Limits) -> Iterator[Cut]:
    """Yield ever larger cuts, the first of them such that pictures and clips are not too many."""
    load = load_of(request_for(messages, profile, limits), limits)
    most_pictures = load.pictures if limits.pictures is None else limits.pictures
    pictures, clips = max(0, load.pictures - most_pictures), max(0, load.clips - limits.clips)
    cut = Cut(pictures, clips)
    yield cut
    earlier = [one for one in spoken(messages) if isinstance(one, Question)][:-1]
    passed = {False: 0, True: 0}
    for is_clip in (kind for question in earlier for kind in _media(question, limits)):
        passed[is_clip] += 1
        larger = Cut(max(pictures, passed[False]), max(clips, passed[True]))
        if larger != cut:
            yield (cut := larger)
    for turns in range(1, len(earlier) + 1):
        yield replace(cut, turns=turns)


def _media(question: Question, limits: Limits) -> tuple[bool, ...]:
    """Return the media that are sent of a question, in order: for each whether it is a clip."""
    return tuple(kind for one in question.attachments for kind in _media_of(one, limits))


def _media_of(attachment: Attachment, limits: Limits) -> tuple[bool, ...]:
    if attachment.progress is not Progress.READY:
        return ()
    if _is_clip(attachment, limits):
        return (True,)
    return (False,) * len(chosen_pictures(attachment))


def _is_clip(attachment: Attachment, limits: Limits) -> bool:
    clip = attachment.clip
    return attachment.kind is Kind.CLIP and clip is not None and fits_as_clip(clip, limits)


def _stripped(question: Question, pictures: int, clips: int, limits: Limits) -> tuple[Question, int, int]:
    """Return a question without its first media, and how many are still to be left out after it."""
    kept: list[Attachment] = []
    for attachment in question.attachments:
        media = len(_media_of(attachment, limits))
        if _is_clip(attachment, limits):
            kept.append(attachment if media > clips else replace(attachment, pictures=(), clip=None))
            clips -= min(media, clips)
        else:
            gone = min(media, pictures)
            kept.append(_without_first(attachment, gone))
            pictures -= gone
    return replace(question, attachments=tuple(kept)), pictures, clips


def _without_first(attachment: Attachment, gone: int) -> Attachment:
    return replace(attachment, pictures=chosen_pictures(attachment)[gone:], chosen=()) if gone else attachment


def _begun(draft: Draft, pictures: int, limits: Limits) -> Draft:
    """Return a draft with its first pictures only."""
    kept: list[Attachment] = []
    for attachment in draft.attachments:
        if _is_clip(attachment, limits):
            kept.append(attachment)
            continue
        pages = chosen_pictures(attachment)[:pictures]
        pictures -= len(pages)
        kept.append(replace(attachment, pictures=pages, chosen=()))
    return replace(draft, attachments=tuple(kept))


def _told(how: str, cut: Cut) -> Sentence:
    media = cut.pictures + cut.clips
    if cut.turns:
        return sentence(f"fit.{how}_{'turns_and_media' if media else 'turns'}", n=cut.turns)
    kind = "pictures" if not cut.clips else "media" if cut.pictures else "clips"
    return sentence(f"fit.{how}_{kind}", n=media)
