"""The desktop of a journey: a world of its own with hands, eyes, and programs in it."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.journeys.accessibility import Accessibility
from tests.journeys.application import App
from tests.journeys.neighbours import Neighbours

GLIMPSE = (str(Path(sys.executable).with_name("glimpse")),)
# Another program's window: one of everything, for the harness's own tests and as a neighbour of Glimpse.
SAMPLE = (sys.executable, str(Path(__file__).with_name("sample_window.py")))


class Desktop(Neighbours):
    """Start programs here, and see and touch them.  Use it as a context manager."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 900)) -> None:
        super().__init__(folder, size)
        self.apps: list[App] = []
        self._ears = Accessibility(self.env["DBUS_SESSION_BUS_ADDRESS"])

    def __enter__(self) -> Self:
        """Start the servers, and listen as a screen reader does."""
        super().__enter__()
        try:
            self._ears.open()
        except BaseException:
            self.close()
            raise
        return self

    def start(
        self,
        args: Sequence[str | Path] = (),
        env: Mapping[str, str] | None = None,
        command: Sequence[str | Path] = GLIMPSE,
        scale: float = 1,
    ) -> App:
        """Start Glimpse (or another program); `env` is added to the environment of this world.

        With `scale` 2, one pixel of Qt's is two of the screen's, as on a fine display.
        """
        log = f"app-{len(self.apps) + 1}"
        process = self.spawn(
            [*command, *args], env={"QT_SCALE_FACTOR": f"{scale:g}"} | dict(env or {}), log=log
        )
        app = App(self, self._ears, process, self.folder / f"{log}.err", scale)
        self.apps.append(app)
        return app

    def faults(self) -> list[str]:
        """Return what must not have happened in any program: unexpected lines on stderr, crashes."""
        return [fault for app in self.apps for fault in app.faults()]

    def close(self) -> None:
        """End every program, then the world."""
        try:
            for app in self.apps:
                app.end()
            self._ears.close()
        finally:
            super().close()
