"""Whether a profile has pictures looked through for secrets before it sends them."""

from PySide6.QtWidgets import QCheckBox, QWidget

from app.i18n import say
from app.model.profiles import Profile
from app.outside import is_careful


class CareBox(QCheckBox):
    """Ticked where pictures are looked through; until the user decides, that follows from the address."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: bool | None = None
        self.clicked.connect(self._choose)

    def show_profile(self, profile: Profile) -> None:
        """Show what holds for a profile, and what the user chose for it."""
        self._chosen = profile.careful
        self.setChecked(is_careful(profile))

    def chosen(self) -> bool | None:
        """Return what the user chose; None for nothing yet."""
        return self._chosen

    def _choose(self, ticked: bool) -> None:
        self._chosen = ticked

    def speak(self) -> None:
        """Say everything in the language of now."""
        self.setText(say("settings.careful_on"))
