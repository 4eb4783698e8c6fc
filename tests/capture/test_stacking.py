from typing import Any

import pytest

from capture import focus, stacking


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_a_window_that_came_back_on_top_goes_where_it_lay(desktop: Any, name: str) -> None:
    desktop.manage_windows()
    windows = {title: desktop.message(title) for title in ("one", "two", "three")}
    for window in windows.values():
        focus.activate(window)
        desktop.wait(lambda window=window: focus.active_window() == window)
    before = stacking.order()
    assert before == tuple(windows.values())
    focus.activate(windows[name])
    desktop.wait(lambda: focus.active_window() == windows[name] and stacking.order()[-1] == windows[name])
    stacking.put_back(before, {windows[name]})
    desktop.wait(lambda: stacking.order() == before)
    assert focus.active_window() == windows[name]


def test_windows_that_are_gone_are_no_fault(desktop: Any) -> None:
    desktop.manage_windows()
    window = desktop.message("one")
    stacking.put_back((window, 0x12345678), {window})
    assert stacking.order() == (window,)


def test_without_a_manager_nothing_is_known_and_nothing_happens(desktop: Any) -> None:
    window = desktop.message("one")
    assert stacking.order() == ()
    stacking.put_back((window, 0x12345678), {window})


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert stacking.order() == ()
    stacking.put_back((), ())
