"""What a backend is called that the user has not named."""

from app.i18n import say
from app.model.profiles import Profile


def name_of(profile: Profile) -> str:
    """Return the name a profile is shown under; the built-in reader's follows the language."""
    return profile.name or say("settings.reader")
