"""What is asked for between the first paint and the rooms that can do it."""

from functools import partial

from PySide6.QtCore import SignalInstance

from ui.window import Window


class Kept:
    """Keeps what these signals say while nobody listens to them, and lets them say it again."""

    def __init__(self, *signals: SignalInstance) -> None:
        self._said: list[tuple[SignalInstance, tuple[object, ...]]] = []
        self._keeping = [(signal, partial(self._keep, signal)) for signal in signals]
        for signal, keep in self._keeping:
            signal.connect(keep)

    def _keep(self, signal: SignalInstance, *args: object) -> None:
        self._said.append((signal, args))

    def say_again(self) -> None:
        """Say everything, in its order, to those who listen now, and keep nothing any more."""
        for signal, keep in self._keeping:
            signal.disconnect(keep)
        said, self._keeping, self._said = self._said, [], []
        for signal, args in said:
            signal.emit(*args)


class Early:
    """What the user does in a window too early.  What is typed needs no keeping: its composer has it."""

    def __init__(self, window: Window) -> None:
        composer = window.composer
        self.wishes = Kept(
            window.new_requested,
            window.capture_region_requested,
            window.capture_menu_requested,
            window.captures_requested,
            window.settings_requested,
            window.profiles_requested,
            window.profile_chosen,
            window.thinking_changed,
            window.history_toggled,
            window.history.search_changed,
            composer.submitted,
            composer.files_offered,
            composer.picture_pasted,
            composer.refused,
        )
        self.farewell = Kept(window.closed, window.quit_requested)
