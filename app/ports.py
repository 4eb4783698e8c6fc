"""What the app asks of the rooms.  A Protocol only where there are two implementations."""

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from app.model.attachments import Blob, Picture
from app.model.checkups import Checkup
from app.model.events import Events
from app.model.limits import Limits
from app.model.profiles import Profile
from app.model.requests import Request
from app.model.screens import Line, Shot
from app.model.sentences import Sentence

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

    def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        """Run the worker `name` in a process of its own and yield what it sends.

        Each item is a small dictionary and raw bytes (often none).  A fault the worker names is
        raised as the `AppError` it names; a worker that dies or is late raises `Unreadable`.
        Closing the generator kills the process.
        """
        ...


class Screen(Protocol):
    """The senses: what is on the monitors now."""

    async def grab(self) -> tuple[Shot, ...]:
        """Return every monitor as it looks, in the system's order; raises `CaptureError`."""
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
    """Keys that work while another application has the focus."""

    def register(self, chord: str, pressed: Callable[[], None]) -> None:
        """Have `pressed` called, on the listener's thread, whenever `chord` goes down.

        `chord` reads like ``ctrl+shift+a``.  Raises `CaptureError` when it is taken, or when the
        desktop does not let applications have such keys.
        """
        ...

    def close(self) -> None:
        """Give every key back."""
        ...
