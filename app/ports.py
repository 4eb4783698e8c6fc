"""What the app asks of the rooms.  A Protocol only where there are two implementations."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from app.model.attachments import Blob, Picture
from app.model.checkups import Checkup
from app.model.events import Events
from app.model.hotkeys import Binding, Fired
from app.model.limits import Limits
from app.model.profiles import Profile
from app.model.recordings import Film, Rolling, Take
from app.model.requests import Request
from app.model.screens import Line, Shot, Surroundings
from app.model.sentences import Sentence
from app.orders import Orders

T = TypeVar("T")


class Backend(Protocol):
    """Something that answers: a server, the built-in reader, a script."""

    limits: Limits

    def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield the reply in batches of events, a `Finish` last; raises `BackendError`.

        Closing the generator stops the server.
        """
        ...

    async def answer_now(self, request: Request) -> bool:
        """Have the running stream of this very request end its thinking; False where the server has no such door.

        Then the caller closes the stream and asks again, with `Request.begun`.  Never raises.
        """
        ...

    async def count(self, request: Request) -> int | None:
        """Return how many tokens the words of a request are for the server, without its media.

        What the template puts around them is counted too.  None where the server cannot be asked.  Never raises.
        """
        ...

    async def check(self) -> Checkup:
        """Say whether a request would work, and which models there are; never raises."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and processes."""
        ...


class Blobs(Protocol):
    """Bytes by content."""

    def read(self, blob: Blob) -> bytes:
        """Return the bytes; raises `StoreError` when they are gone."""
        ...

    def path(self, blob: Blob) -> Path:
        """Return the file that holds the bytes; read-only for everybody."""
        ...

    def keep(self, data: bytes, mime: str) -> Blob:
        """Keep the bytes, durably, and return their name; raises `StoreError`."""
        ...

    def keep_file(self, source: Path, mime: str) -> Blob:
        """Copy a user's file in, durably, and return its name; raises `StoreError`, `OSError`."""
        ...


class Workers(Protocol):
    """The only starter of threads and processes."""

    async def thread(self, call: Callable[..., T], /, *args: Any) -> T:
        """Run a blocking call off the loop and return what it returns."""
        ...

    async def program(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a program of the user's in `folder` to its end; raises `OSError`.

        Returns its exit code and the end of what it said on stderr.  Cancelled, it is killed with its children.
        """
        ...

    def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        """Run the worker `name` in a process of its own and yield what it sends.

        Each item is a small dictionary and raw bytes (often none).  A fault the worker names is
        raised as the `AppError` it names; a worker that dies or is late raises `Unreadable`.
        Closing the generator kills the process.
        """
        ...

    def dialogue(
        self, name: str, task: dict[str, Any], orders: Orders
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        """Run a worker that can be spoken to while it works: see `job`.

        Closing the generator kills it; it is not one of the orders.
        """
        ...


class Screen(Protocol):
    """The senses: what is on the monitors now."""

    async def grab(self, *, pointer: bool = False) -> tuple[Shot, ...]:
        """Return every monitor as it looks, in the system's order; raises `CaptureError`.

        With `pointer` the mouse pointer is in the picture; `NotAllowed` where the desktop does not show it.
        """
        ...

    async def surroundings(self) -> Surroundings:
        """Return the windows of other applications and the place of the pointer; raises `CaptureError`.

        An empty one where the desktop tells nothing of them.
        """
        ...


class Recorder(Protocol):
    """Records the screen, each time in a process of its own."""

    def record(
        self, take: Take, orders: Orders, path: Path | None = None
    ) -> AsyncGenerator[Rolling | Film, None]:
        """Record until it is ordered to stop, four times a second telling how it goes; the film is the last word.

        The orders are those of `app.model.recordings.Order`; discarded, it ends without a film.  The film is left at
        `path`, or with the others when that is None.  Whatever ends it before its time (the limit, a full disk, a
        monitor that is gone), what was recorded is kept and the film says why.  Raises `CaptureError` where there
        is nothing to keep.  Closing the generator leaves what there is for `unfinished`.
        """
        ...

    async def unfinished(self) -> tuple[Path, ...]:
        """Return the recordings that were begun, never finished, and are not being made now; the oldest first."""
        ...

    async def finish(self, part: Path, path: Path | None = None) -> Film:
        """Make a film of an unfinished recording; raises `RecordingFailed` where nothing in it can be played."""
        ...

    async def forget(self, part: Path) -> None:
        """Delete an unfinished recording; raises `RecordingFailed`."""
        ...


class Ocr(Protocol):
    """Reads the text in a picture."""

    def read(self, pictures: Sequence[Picture]) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        """Yield each picture, in order, with its lines in reading order; raises `DocumentError`.

        Closing the generator stops the reading.
        """
        ...


class Secrets(Protocol):
    """The keys of profiles.  Every call may block: run it in a thread."""

    def where(self) -> Sentence:
        """Say where keys are kept."""
        ...

    def get(self, profile: Profile) -> str:
        """Return the key of a profile for the origin it now has, '' when there is none."""
        ...

    def set(self, profile: Profile, key: str) -> None:
        """Keep a key, or forget it when it is empty; raises `StoreError`."""
        ...


class Hotkeys(Protocol):
    """Keys that work while another application has the focus.  Every call may block: run it in a thread.

    `asks_user`: the desktop asks the user about every `bind`, and may remember another key than the one wanted.
    """

    asks_user: bool

    def bind(
        self, chords: Mapping[str, str], pressed: Callable[[str], None], lost: Callable[[Sentence], None]
    ) -> Mapping[str, Binding]:
        """Take these keys and no others, and return what became of each, by the name of what it is for.

        A chord reads like ``ctrl+shift+a``.  `pressed` is called with the name, on the listener's thread, whenever
        its key goes down, and `lost` with why, when keys that were held have been taken from us.  Raises `CaptureError`
        when none can be had.
        """
        ...

    def fire(self, name: str) -> Fired:
        """Press a key that is held, as if by hand, and say whether it came to us; `pressed` is not called.

        No application sees the press, unless it has the key.  Raises `NotAllowed` when it is not held.
        """
        ...

    def close(self) -> None:
        """Give every key back."""
        ...
