"""What can go wrong, as one tree.

    AppError                one sentence for the user, the cause chained
    ├─ BackendError         Unreachable* (Misdirected) · Refused · Busy* · Rejected · Broken*     *worth retrying
    ├─ CaptureError         NotAllowed · NoScreen · RecordingFailed
    ├─ DocumentError        Unreadable · Locked · NoReader · TooLarge
    └─ StoreError           Newer · Damaged · Full

A room lets out only its own branch, translated at its border with ``raise … from error``.
The sentence is a key of the catalogue, so that every fault can be told in both languages.
"""

from typing import ClassVar

from app.model.sentences import Sentence, sentence


class AppError(Exception):
    """A fault that has one sentence for the user.

    `key` and `args` are those of `app.model.sentences.sentence`.
    """

    retry: ClassVar[bool] = False

    def __init__(self, key: str, **args: str | float) -> None:
        """Keep the sentence; the arguments must not hold secrets."""
        super().__init__(key, args)
        self.sentence: Sentence = sentence(key, **args)


class BackendError(AppError):
    """A server or model could not answer."""


class Unreachable(BackendError):
    """Nobody answers at that address."""

    retry = True


class Misdirected(Unreachable):
    """The address leads somewhere else, and will the next time, too."""

    retry = False


class Refused(BackendError):
    """The server knows us and says no: key, permission, balance."""


class Busy(BackendError):
    """The server asks us to come back; `seconds` when it said how long to wait."""

    retry = True

    def __init__(self, key: str, *, seconds: float | None = None, **args: str | float) -> None:
        """Keep the wait the server asked for, in seconds."""
        super().__init__(key, **args)
        self.seconds = seconds


class Rejected(BackendError):
    """The request itself is at fault: too long, too large, unsafe, no such model."""


class Broken(BackendError):
    """The stream ended before the answer did, or made no sense."""

    retry = True


class CaptureError(AppError):
    """The screen could not be seen."""


class NotAllowed(CaptureError):
    """The desktop or the user refused."""


class NoScreen(CaptureError):
    """There is no such screen, or it shows nothing."""


class RecordingFailed(CaptureError):
    """A recording could not be started or finished."""


class DocumentError(AppError):
    """A file could not be read."""


class Unreadable(DocumentError):
    """Damaged, empty, or not what it says it is."""


class Locked(DocumentError):
    """It needs a password."""


class NoReader(DocumentError):
    """The program that reads it is not installed."""


class TooLarge(DocumentError):
    """Reading it would take more than it is worth."""


class StoreError(AppError):
    """The history could not be read or written."""


class Newer(StoreError):
    """A later version of Glimpse wrote the file."""


class Damaged(StoreError):
    """The file is not a sound database."""


class Full(StoreError):
    """The disk is full or cannot be written."""
