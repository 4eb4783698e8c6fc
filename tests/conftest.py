"""What every test shares: a home of its own and a Qt without a screen."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a Glimpse home of its own, far from the developer's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("GLIMPSE_HOME", str(folder))
    return folder
