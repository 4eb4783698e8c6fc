"""Desktops for the journeys: made for one test, looked at when it fails, gone when it ends."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.world import Monitor

MakeDesktop = Callable[..., Desktop]


@pytest.fixture
def make_desktop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeDesktop]:
    """Make desktops: `make_desktop(size=(1920, 1080), monitors=((0, 0, 960, 1080), (960, 0, 960, 1080)))`.

    In the end everything in them is killed, and what their programs wrote to stderr fails the test.
    """
    made: list[Desktop] = []
    request.node.desktops = made

    def make(size: tuple[int, int] = (1280, 900), monitors: tuple[Monitor, ...] = ()) -> Desktop:
        folder = tmp_path / f"desktop-{len(made) + 1}"
        folder.mkdir()
        desktop = Desktop(folder, size).__enter__()
        made.append(desktop)
        if monitors:
            desktop.set_monitors(*monitors)
        return desktop

    yield make
    for desktop in made:
        desktop.close()
    faults = [fault for desktop in made for fault in desktop.faults()]
    if faults:
        pytest.fail("\n".join(["Glimpse complained:", *faults]), pytrace=False)


@pytest.fixture
def desktop(make_desktop: MakeDesktop) -> Desktop:
    """Give a desktop of the usual size with one monitor."""
    return make_desktop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was on the screen when a journey failed."""
    report = yield
    if report.when == "call" and report.failed:
        for desktop in getattr(item, "desktops", ()):
            picture = desktop.picture(desktop.folder / "failed.png")
            windows = "\n".join(map(str, desktop.windows()))
            report.sections.append(("The desktop when it failed", f"{picture}\n{windows}"))
            report.sections += [("What the program showed", _dumped(app)) for app in desktop.apps]
    return report


def _dumped(app: App) -> str:
    try:
        return app.dump()
    except (
        AssertionError,
        OSError,
        TimeoutError,
    ) as error:  # the report of the first fault must come through
        return f"cannot be read: {error!r}\n{app.stderr()}"
