"""A key that is typed into the window goes to its server and nowhere else, whatever the server does with it."""

import re
from pathlib import Path

import pytest

from app.i18n import say
from tests.canary import KEY, Telltale, holding, tells, watched
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.habits import LONG, ask, start
from tests.little_server import serving

pytestmark = pytest.mark.journey

REPORT = Path(__file__).parents[1] / "fixtures/documents/report.pdf"


def test_a_typed_key_is_in_no_file_no_process_and_no_window(desktop: Desktop) -> None:
    tricks = ("says it as JSON", "ends with it", "refuses it")
    with serving(Telltale(tricks)) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        with watched(app.process.pid) as children:
            desktop.key("ctrl+comma")
            desktop.click(app.wait("Models", "list item", timeout=30))
            desktop.click(app.wait(server.name, "list item"))
            desktop.click(app.wait(say("settings.key"), "text"))
            desktop.type(KEY)
            desktop.click(app.find("Save", "button"))
            app.wait_gone(say("settings.key"))
            assert desktop.drop_files([REPORT], app.find("Question", "text"))
            app.wait(re.compile("^report.pdf, 3 pages"), timeout=LONG)
            shown = []
            for number, trouble in enumerate(
                ("Incorrect API key", "broke the answer off", "refuses the key")
            ):
                ask(app, desktop, f"question {number}")
                app.wait(re.compile(trouble), timeout=LONG)
                shown.append(app.dump())
            ask(app, desktop, "question")
            app.wait(text=re.compile("forty two"), timeout=LONG)
            assert holding(desktop.folder) == []  # while the history is open
            processes = [
                Path(f"/proc/{number}/{told}").read_bytes()
                for number in desktop.processes()
                for told in ("cmdline", "environ")
            ]
            assert app.quit() == 0
    assert (server.tricks, set(server.keys)) == ([], {f"Bearer {KEY}"})
    assert any(b"--worker" in told for told in children.values())
    assert [told for told in (*children.values(), *processes) if tells(told)] == []
    assert [words for words in shown if tells(words)] == []
    assert (desktop.folder / "home/glimpse/data/history.sqlite").exists()
    assert (desktop.folder / "home/glimpse/data/log/glimpse.log").exists()
    assert holding(desktop.folder) == []
