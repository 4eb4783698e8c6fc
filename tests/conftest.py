"""What every test shares: a home of its own and a Qt without a screen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.workers import Workers

pytest_plugins = ["tests.model_servers"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a Glimpse home of its own, far from the developer's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("GLIMPSE_HOME", str(folder))
    return folder


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Give the test threads and processes of its own, all of them ended with it."""
    made = Workers()
    yield made
    made.close()
