"""Where Glimpse keeps its files.  `GLIMPSE_HOME` puts all of them under one folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

PRIVATE_DIR = 0o700


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
            folder.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)


def find() -> Paths:
    """Return the folders of this user, none of them made yet."""
    home = os.environ.get("GLIMPSE_HOME")
    if home:
        root = Path(home).absolute()
        return Paths(root / "data", root / "config", root / "cache", root / "run")
    dirs = PlatformDirs("glimpse", appauthor=False)
    return Paths(
        Path(dirs.user_data_dir), Path(dirs.user_config_dir), Path(dirs.user_cache_dir), Path(dirs.user_runtime_dir)
    )
