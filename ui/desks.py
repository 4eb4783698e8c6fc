"""Where the settings ask for what is on this computer: models in the app, the server beside it, and its keys."""

from dataclasses import dataclass, field

from ui.hotkey_desk import HotkeyDesk
from ui.model_desk import ModelDesk
from ui.server_desk import ServerDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks; each is shared by everything that shows it."""

    models: ModelDesk = field(default_factory=ModelDesk)
    server: ServerDesk = field(default_factory=ServerDesk)
    hotkeys: HotkeyDesk = field(default_factory=HotkeyDesk)
