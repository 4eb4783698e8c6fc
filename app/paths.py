"""Where Glimpse keeps its files.  `GLIMPSE_HOME` puts all of them under one folder."""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from app.files import make_folder


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user: what must last, what can be made again, and the meeting point."""

    data: Path
    config: Path
    cache: Path
    runtime: Path

    @property
    def history(self) -> Path:
        """The database of conversations."""
        return self.data / "history.sqlite"

    @property
    def blobs(self) -> Path:
        """The attachments, by content."""
        return self.data / "attachments"

    @property
    def recordings(self) -> Path:
        """The films of the screen, and those in the making."""
        return self.data / "recordings"

    @property
    def models(self) -> Path:
        """The models that were fetched to run inside the app."""
        return self.data / "models"

    @property
    def server(self) -> Path:
        """The log and the record of a server that was started here."""
        return self.data / "server"

    @property
    def counts(self) -> Path:
        """What was learned about how models count tokens."""
        return self.cache / "counts.json"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.json"

    @property
    def socket(self) -> Path:
        """Where a second start finds the first."""
        return self.runtime / "glimpse.sock"

    def make(self) -> None:
        """Make the folders, readable by nobody else."""
        for folder in (self.data, self.config, self.cache, self.runtime):
            make_folder(folder)


def find() -> Paths:
    """Return the folders of this user, none of them made yet."""
    # The session's own folder where there is one: private, and short enough for the name of a socket.
    session = os.environ.get("XDG_RUNTIME_DIR")
    if home := os.environ.get("GLIMPSE_HOME"):
        root = Path(home).absolute()
        own = f"glimpse-{zlib.crc32(os.fsencode(root)):08x}"
        runtime = Path(session) / own if session else root / "run"
        return Paths(root / "data", root / "config", root / "cache", runtime)
    dirs = PlatformDirs("glimpse", appauthor=False)
    data = Path(dirs.user_data_dir)
    runtime = Path(session) / "glimpse" if session else data / "run"
    return Paths(data, Path(dirs.user_config_dir), Path(dirs.user_cache_dir), runtime)
