"""The harness itself: it sees what is there, misses what is not, and its hands reach the window."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.application import App
from tests.journeys.desktop import SAMPLE, Desktop
from tests.journeys.input_methods import THROUGH_IBUS, start_fcitx5, start_ibus
from tests.journeys.world import Late, World, running_in, until

pytestmark = pytest.mark.journey


def said(desktop: Desktop) -> str:
    return (desktop.folder / "app-1.out").read_text()


@pytest.fixture
def sample(desktop: Desktop) -> App:
    app = desktop.start(command=SAMPLE)
    app.wait_window("Sample")
    return app


def test_finds_things_by_name_and_role(sample: App) -> None:
    field = sample.wait("Question", state="focused")
    assert field.enabled
    assert field.role == "text"
    assert sample.find("Send", role="button").rect.width > 20
    assert not sample.find("Off").enabled
    assert not sample.find("Thinking", role="check box").checked
    assert "The answer is 42. 答案" in sample.texts()


def test_misses_what_is_not_there(sample: App) -> None:
    with pytest.raises(AssertionError, match="0 of name 'Missing'"):
        sample.find("Missing")
    with pytest.raises(Late, match="Send"):  # the message shows what was there instead
        sample.wait("Missing", timeout=0.2)
    with pytest.raises(AssertionError, match="instead of one"):
        sample.find(role="list item")


def test_does_not_see_what_a_user_cannot_see(sample: App) -> None:
    assert not sample.find_all("Hidden", in_view=False)
    assert not sample.find_all("row 59")
    assert "row 59" not in sample.texts()
    assert "row 59" in sample.texts(in_view=False)


def test_types_and_clicks(desktop: Desktop, sample: App) -> None:
    desktop.type("Hello, world/2")
    desktop.click(sample.wait("Question", text="Hello, world/2"))
    desktop.key("ctrl+a", "Delete")
    desktop.type("again")
    desktop.click(sample.find("Send"))
    sample.wait("sent: again")
    desktop.click(sample.find("Thinking"))
    sample.wait("Thinking", state="checked")


def test_scrolls_and_double_clicks(desktop: Desktop, sample: App) -> None:
    history = sample.find("History", role="list")
    while not sample.find_all("row 59"):
        desktop.scroll(history, 20)
    desktop.double_click(sample.wait("row 59"))
    sample.wait("opened: row 59")


def test_chooses_from_an_open_list(desktop: Desktop, sample: App) -> None:
    desktop.click(sample.find(role="combo box"))
    desktop.click(sample.wait("SGLang", role="list item"))
    sample.wait("SGLang", role="combo box")


@pytest.mark.parametrize("count", [1, 3])
def test_drops_files_from_another_program(desktop: Desktop, sample: App, tmp_path: Path, count: int) -> None:
    files = [tmp_path / f"file {number} 图.png" for number in range(count)]
    assert desktop.drop_files(files, sample.find("Question"))
    until(lambda: "files " + " ".join(map(str, files)) in said(desktop), "the dropped files")
    until(lambda: sample.windows()[0].active, "the focus, back from the other program")
    assert not (desktop.folder / "drag_source.err").read_text()


def test_a_drop_on_what_takes_nothing_is_refused(desktop: Desktop, sample: App, tmp_path: Path) -> None:
    assert not desktop.drop_files([tmp_path / "a.png"], sample.find("Send"))


def test_pastes_what_other_programs_copied(desktop: Desktop, sample: App, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (31, 17), "red").save(picture)
    desktop.clipboard_image(picture)
    desktop.key("ctrl+v")
    until(lambda: "image 31 17" in said(desktop), "the pasted picture")
    desktop.clipboard_files([picture, tmp_path / "b.pdf"])
    desktop.key("ctrl+v")
    until(lambda: f"files {picture} {tmp_path / 'b.pdf'}" in said(desktop), "the pasted files")
    desktop.clipboard_text("你好")
    desktop.key("ctrl+v")
    sample.wait("Question", text="你好")


def test_reads_what_the_window_copied(desktop: Desktop, sample: App) -> None:
    desktop.type("copy me")
    desktop.key("ctrl+a", "ctrl+c")
    until(lambda: desktop.clipboard() == "copy me", "the copied text")


def test_sees_windows_and_pixels(desktop: Desktop, sample: App) -> None:
    (window,) = desktop.windows()
    assert (window.title, window.width, window.height, window.active) == ("Sample", 500, 600, True)
    assert window.process == sample.process.pid
    picture = Image.open(desktop.picture(desktop.folder / "screen.png"))
    assert picture.size == desktop.size
    spot = (window.x + 3, window.y + 3)
    assert picture.getpixel(spot) == desktop.pixel(*spot) != desktop.pixel(1, 1)


def test_has_no_keys_for_chinese(desktop: Desktop) -> None:
    with pytest.raises(ValueError, match="no keys"):
        desktop.type("你好")


def test_divides_the_screen_into_monitors(make_desktop: Callable[..., Desktop]) -> None:
    desktop = make_desktop(size=(1600, 600), monitors=((0, 0, 800, 600), (800, 0, 800, 600)))
    assert "Monitors: 2" in desktop.run("xrandr", "--listmonitors")
    desktop.set_monitors((0, 0, 1600, 600))
    assert "Monitors: 1" in desktop.run("xrandr", "--listmonitors")


def test_reaches_things_on_a_fine_second_monitor(make_desktop: Callable[..., Desktop]) -> None:
    desktop = make_desktop(size=(2600, 1300), monitors=((0, 0, 1200, 1300), (1200, 0, 1400, 1300)))
    app = desktop.start(command=SAMPLE, scale=2)
    window = app.wait_window("Sample")
    assert (window.width, window.height) == (1000, 1200)
    desktop.drag((window.x + 300, window.y - 10), (1900, 10))  # by its title bar
    until(lambda: app.windows()[0].x > 1200, "the window on the other monitor")
    desktop.click(app.wait("Thinking"))
    app.wait("Thinking", state="checked")


def test_quits_by_keys_and_gives_the_exit_code(desktop: Desktop, sample: App) -> None:
    assert sample.quit() == 0
    assert "closed" in said(desktop)


def test_says_at_once_that_the_program_has_ended(desktop: Desktop) -> None:
    crashing = desktop.start(["crash"], command=SAMPLE)
    with pytest.raises(AssertionError, match="ended with -6") as found:
        crashing.wait_window()
    assert not isinstance(found.value, Late)
    desktop.apps.remove(crashing)


def test_notices_stderr_and_crashes(desktop: Desktop) -> None:
    grumbling = desktop.start(["grumble"], command=SAMPLE)
    crashing = desktop.start(["crash"], command=SAMPLE)
    grumbling.wait_window("Sample")
    crashing.wait_exit()
    assert grumbling.faults() == ["something is wrong"]
    assert "crashed: SIGABRT" in crashing.faults()
    grumbling.expect_stderr("^something")
    crashing.expect_stderr("")
    assert grumbling.faults() == []
    desktop.apps.remove(crashing)  # its crash was the point


def test_leaves_nothing_behind(tmp_path: Path) -> None:
    with Desktop(tmp_path) as desktop:
        desktop.start(command=SAMPLE).wait_window("Sample")
        stray = desktop.spawn(["setsid", "--fork", "sleep", "1000"])
        stray.wait()
        before = desktop.processes()
        assert any("sleep 1000" in command for command in before.values())
        runtime = desktop.runtime
    assert desktop.processes() == {}
    assert not runtime.exists()


def test_leaves_nothing_behind_when_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.journeys.desktop import Desktop\n"
        "desktop = Desktop(Path(sys.argv[1])).__enter__()\n"
        "print(desktop.runtime, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, check=False)
    assert killed.returncode == -signal.SIGKILL
    runtime = Path(killed.stdout.decode().strip())
    until(lambda: not running_in(runtime), "the end of everything")
    shutil.rmtree(runtime)


@pytest.mark.parametrize("start", [start_ibus, start_fcitx5])
def test_types_chinese_through_a_real_input_method(desktop: Desktop, start: Callable[[World], None]) -> None:
    start(desktop)
    app = desktop.start(command=SAMPLE, env=THROUGH_IBUS)
    app.wait_window("Sample")
    app.wait("Question", state="focused")
    desktop.type("nihao")
    desktop.key("space")
    app.wait("Question", text="你好")
    desktop.type("nihao")
    desktop.key("Return")  # takes the letters as they are; it must not reach the window
    app.wait("Question", text="你好nihao")
    assert "enter" not in said(desktop)
    desktop.key("Return")
    until(lambda: re.search("^enter 你好nihao$", said(desktop), re.MULTILINE), "the Enter that is meant")
