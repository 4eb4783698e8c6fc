"""Other programs of a world that give Glimpse something: a window to drag files from, an owner of the clipboard."""

import contextlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.journeys.hands import Hands, Spot, point
from tests.journeys.world import Late, until

_DRAG_SOURCE = Path(__file__).with_name("drag_source.py")
_HOVER = 3.0  # seconds


class Neighbours(Hands):
    """A world with other programs to take things from."""

    def drop_files(self, paths: Iterable[Path], onto: Spot) -> bool:
        """Drag files from another program's window to a spot, let go, and say whether they were taken."""
        x, y = point(onto)
        width, height = self.size
        # From the far corner, so that the source never covers its target.
        corner = (8 if x > width // 2 else width - 58, 8 if y > height // 2 else height - 58)
        log = self.folder / "drag_source.out"
        log.unlink(missing_ok=True)
        uris = [path.resolve().as_uri() for path in paths]
        self.spawn([sys.executable, _DRAG_SOURCE, *map(str, corner), *uris], log="drag_source")
        ready = until(lambda: _said(log, "ready"), "the window to drag from")
        start = (int(ready[1]), int(ready[2]))
        self.press(start)
        self.glide(start, (x, y))
        self.glide((x - 4, y), (x, y), steps=4)  # hover, so that the target under the very end has its say
        self._wait_for_target(log)
        self.release()
        done = until(lambda: _said(log, "done"), "the end of the drag")
        return done[1] != "IgnoreAction"

    def clipboard_files(self, paths: Iterable[Path]) -> None:
        """Copy files in another program, as a file manager does."""
        self._own_clipboard(
            "text/uri-list", "".join(f"{path.resolve().as_uri()}\r\n" for path in paths).encode()
        )

    def clipboard_image(self, path: Path) -> None:
        """Copy a PNG picture in another program."""
        self._own_clipboard("image/png", path.read_bytes())

    def clipboard_text(self, text: str) -> None:
        """Copy text in another program."""
        self._own_clipboard("UTF8_STRING", text.encode())

    def clipboard(self) -> str:
        """Return the text that was copied last, by whichever program; raises when there is none."""
        return self.output("xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING").decode()

    def _own_clipboard(self, target: str, contents: bytes) -> None:
        file = self.folder / "clipboard"
        file.write_bytes(contents)
        self.spawn(["xclip", "-quiet", "-selection", "clipboard", "-target", target, "-in", file])
        until(lambda: self._offered(target) == contents, f"the clipboard with {target}")

    def _offered(self, target: str) -> bytes | None:
        try:
            return self.output("xclip", "-selection", "clipboard", "-out", "-target", target)
        except subprocess.CalledProcessError:
            return None  # nobody offers that yet

    @staticmethod
    def _wait_for_target(log: Path) -> None:
        """Let the target speak: it does so by messages of its own.  One that never does refuses the drop."""
        with contextlib.suppress(Late):
            until(
                lambda: (over := _said(log, "over")) and over[1] != "IgnoreAction", "a target", timeout=_HOVER
            )


def _said(log: Path, word: str) -> list[str] | None:
    """Return the last line of `log` that begins with `word`, split."""
    if not log.exists():
        return None
    lines = [line.split() for line in log.read_text().splitlines() if line.split()[:1] == [word]]
    return lines[-1] if lines else None
