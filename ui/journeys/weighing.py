"""What sending the draft would cost, and what stands in its way, shown while it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.budget import media_tokens
from app.fit import NOTHING, Cut, done, fit, left_out, offer, without
from app.model.attachments import Draft
from app.model.limits import Limits
from app.model.messages import Message
from app.model.profiles import Profile
from app.model.requests import Request
from app.model.sentences import Sentence, sentence
from app.plan import Load, asked, cost_of, draft_load, excess, load_of, obstacle, request_for, room_for
from app.voices import Voices
from ui.composer import Composer
from ui.shelf import Shelf

READER = "reader"  # reads on this computer: nothing it does costs tokens
NEAR = 0.1  # of the room: so close to the limit a server that counts is asked before anything is sent


class Weighing:
    """Weighs the conversation once, so that a keystroke weighs only the draft.

    A conversation that is too long for the model is sent without its beginning once the user has agreed to that, and
    from then on as long as Glimpse runs.
    """

    def __init__(
        self, composer: Composer, shelf: Shelf, voices: Voices, profile: Callable[[], Profile]
    ) -> None:
        self._composer = composer
        self._shelf = shelf
        self._voices = voices
        self._profile = profile
        self._messages: Sequence[Message] = ()
        self._load = Load()
        self._cut: Cut = NOTHING
        self._sent: dict[int, Cut] = {}  # by the first message: the cut agreed to, as it was last sent
        self._off: int | None = None  # tokens by which the estimate was off when the server was asked
        composer.draft_changed.connect(self._show)
        composer.offer_taken.connect(self._agree)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The turns before the draft."""
        return tuple(self._messages)

    @property
    def cut(self) -> Cut:
        """What of the conversation is left out when the draft is sent as it stands."""
        return self._cut

    def remember(self, messages: Sequence[Message]) -> None:
        """Take these as the turns before the draft."""
        self._messages = messages
        self.again()

    def again(self) -> None:
        """Weigh anew: another backend counts otherwise."""
        self._off = None
        profile = self._profile()
        limits = self._limits(profile)
        self._load = load_of(request_for(self._messages, profile, limits), limits)
        self._show(self._composer.draft())

    async def fits(self, draft: Draft) -> bool:
        """Tell whether a draft may be sent; asks the server to count where the estimate is close to the limit."""
        profile = self._profile()
        limits = self._limits(profile)
        request = self._request(draft, profile, limits)
        if self._off is None and limits.counts and _is_near(load_of(request, limits), profile, limits):
            messages = self._messages
            counted = await self._voices.count(profile, request)
            if self._messages is not messages:
                return False  # the user has gone to another conversation; the draft stays in its own
            words = load_of(request, limits).tokens - media_tokens(request, limits)
            self._off = 0 if counted is None else counted - words
            self._show(draft)
        return not self._composer.has_problem()

    def cut_to_retry(self, messages: Sequence[Message], profile: Profile) -> Cut | Sentence:
        """Return the cut with which the last question of these is asked again, or why it cannot be."""
        limits = self._voices.limits(profile)
        problem = excess(load_of(request_for(messages, profile, limits), limits), profile, limits)
        cut = fit(messages, profile, limits) if problem is not None else NOTHING
        if problem is not None and (cut is None or _name(messages) not in self._sent):
            return problem
        return cut or NOTHING

    def agree(self, messages: Sequence[Message]) -> None:
        """Take it that the user wants this conversation to be sent without its beginning."""
        self._sent.setdefault(_name(messages), NOTHING)

    def left_out(self, messages: Sequence[Message], cut: Cut | None = None) -> Mapping[int, Sentence]:
        """Say what of a conversation is not sent: with this cut, which is being sent, or else as it was last sent."""
        if cut is not None and _name(messages) in self._sent:
            self._sent[_name(messages)] = cut
        return left_out(messages, self._sent.get(_name(messages), NOTHING), self._limits(self._profile()))

    def _agree(self) -> None:
        self.agree(self._messages)
        self._show(self._composer.draft())
        self._composer.submit()

    def _show(self, draft: Draft) -> None:
        profile = self._profile()
        limits = self._limits(profile)
        free = profile.preset == READER
        for attachment in draft.attachments:
            self._shelf.set_tokens(attachment.id, None if free else cost_of(attachment, limits))
        self._cut = NOTHING
        load = self._load + draft_load(draft, limits)
        if not draft.text.strip() and not draft.attachments:
            self._composer.set_estimate(None)
        elif (problem := obstacle(draft, load, profile, limits)) is None or self._undecided(load, profile):
            self._composer.set_estimate(None if free else self._cost(load, limits))
        elif problem != excess(load, profile, limits):
            self._composer.set_estimate(problem, problem=True)
        else:
            self._show_excess(draft, problem, limits)

    def _show_excess(self, draft: Draft, problem: Sentence, limits: Limits) -> None:
        profile = self._profile()
        cut = fit((*self._messages, asked(draft)), profile, limits)
        if cut is None:
            self._composer.set_estimate(problem, problem=True)
        elif _name(self._messages) not in self._sent:
            self._composer.set_estimate(problem, problem=True, offer=offer(cut))
        else:
            self._cut = cut
            load = load_of(self._request(draft, profile, limits), limits)
            self._composer.set_estimate(self._cost(load, limits), also=done(cut))

    def _cost(self, load: Load, limits: Limits) -> Sentence:
        off = self._off or 0
        if limits.context is None:
            return sentence("plan.cost", tokens=f"{load.tokens:,}")
        return sentence("plan.cost_of", tokens=f"{load.tokens + off:,}", limit=f"{limits.context + off:,}")

    def _request(self, draft: Draft, profile: Profile, limits: Limits) -> Request:
        return request_for(without((*self._messages, asked(draft)), self._cut, limits), profile, limits)

    def _limits(self, profile: Profile) -> Limits:
        """Return what the backend takes, less by what we are known to count too little."""
        limits = self._voices.limits(profile)
        if limits.context is None or not self._off:
            return limits
        return replace(limits, context=limits.context - self._off)

    def _undecided(self, load: Load, profile: Profile) -> bool:
        """Tell whether what seems to be too much is so close that the server should be asked."""
        limits = self._limits(profile)
        roomy = replace(limits, context=None)
        near = limits.counts and _is_near(load, profile, limits)
        return self._off is None and near and excess(load, profile, roomy) is None


def _is_near(load: Load, profile: Profile, limits: Limits) -> bool:
    room = room_for(profile, limits)
    return room is not None and abs(load.tokens - room) <= NEAR * room


def _name(messages: Sequence[Message]) -> int:
    """Return what tells a conversation from every other."""
    return messages[0].id if messages else 0
