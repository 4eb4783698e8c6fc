"""What every test shares: a home of its own and a Qt without a screen."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.workers import Workers

pytest_plugins = ["tests.model_servers", "tests.big_servers"]
pytest.register_assert_rewrite("tests.raw_replies", "tests.readings", "tests.servers.trips")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Whoever starts us in the background has us ignore Ctrl+C, and every process that we start, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture(scope="session")
def own_network() -> None:
    """Skip where no process may leave the network, as in many containers."""
    _need("--user", "--net", "true")


@pytest.fixture(scope="session")
def own_users() -> None:
    """Skip where root may not be shown to a process as somebody else."""
    if os.geteuid() == 0:
        _need("--user", "--map-user=1000", "true")


@pytest.fixture(scope="session")
def own_mounts() -> None:
    """Skip where a process may not mount what the others do not see: only root may, and not everywhere."""
    _need("--mount", "mount", "-t", "tmpfs", "none", "/mnt")


def _need(*command: str) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    done = subprocess.run(["unshare", *command], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"not permitted here: {done.stderr.strip()}")
