"""What sending the draft would cost, and what stands in its way, shown while it is written."""

from collections.abc import Callable, Sequence

from app.model import Draft, Message, Profile, sentence
from app.plan import Load, cost_of, draft_load, load_of, obstacle, request_for
from app.voices import Voices
from ui.composer import Composer

READER = "reader"  # reads on this computer: nothing it does costs tokens


class Weighing:
    """Weighs the conversation once, so that a keystroke weighs only the draft."""

    def __init__(self, composer: Composer, voices: Voices, profile: Callable[[], Profile]) -> None:
        self._composer = composer
        self._voices = voices
        self._profile = profile
        self._messages: Sequence[Message] = ()
        self._load = Load()
        composer.draft_changed.connect(self._show)

    def remember(self, messages: Sequence[Message]) -> None:
        """Take these as the turns before the draft."""
        self._messages = messages
        self.again()

    def again(self) -> None:
        """Weigh anew: another backend counts otherwise."""
        profile = self._profile()
        self._load = load_of(request_for(self._messages, profile, self._voices.limits(profile)))
        self._show(self._composer.draft())

    def _show(self, draft: Draft) -> None:
        profile = self._profile()
        limits = self._voices.limits(profile)
        load = self._load + draft_load(draft, limits)
        free = profile.preset == READER
        for attachment in draft.attachments:
            self._composer.set_tokens(attachment.id, None if free else cost_of(attachment, limits))
        problem = obstacle(draft, load, profile, limits)
        if problem is not None and draft != Draft():
            self._composer.set_estimate(problem, problem=True)
        elif draft == Draft() or free:
            self._composer.set_estimate(None)
        elif limits.context is not None:
            cost = sentence("plan.cost_of", tokens=f"{load.tokens:,}", limit=f"{limits.context:,}")
            self._composer.set_estimate(cost)
        else:
            self._composer.set_estimate(sentence("plan.cost", tokens=f"{load.tokens:,}"))
