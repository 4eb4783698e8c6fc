import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ui import links


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(QUrl(url).toString()))
    return found


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/hostname",
        "smb://host/share",
        "//host/share",
        "javascript:alert(1)",
        "data:text/html,x",
        "vscode://x",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://",
        "http:///etc/passwd",
        "https://exa\\mple.com",
        "https://example.com/\u202egpj.exe",
        "HTTPS",
        "mailto:nobody",
        "",
        "https://example.com/" + "a" * 5000,
    ],
)
def test_what_is_not_the_web_is_not_opened(qtbot: QtBot, opened: list[str], link: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    box = links.open_link(link, window)
    buttons = [button.text() for button in box.buttons()]
    box.done(0)

    assert not links.is_web(link)
    assert "Open" not in buttons
    assert opened == []


def press(box: QMessageBox, words: str) -> None:
    next(button for button in box.buttons() if button.text().replace("&", "") == words).click()


def test_a_web_link_is_opened_only_after_a_yes(qtbot: QtBot, opened: list[str]) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    press(links.open_link("https://example.com/a?b=c", window), "Cancel")
    assert opened == []
    press(links.open_link("https://example.com/a?b=c", window), "Open")
    assert opened == ["https://example.com/a?b=c"]


def test_the_question_does_not_wait_and_names_the_host(qtbot: QtBot, opened: list[str]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    box = links.open_link("https://xn--bcher-kva.com/%3Cb%3Ea", window)

    assert box.isVisible()
    assert box.defaultButton().text().replace("&", "") == "Cancel"
    assert "bücher.com (xn--bcher-kva.com)" in box.text()
    box.done(0)


def test_a_host_that_only_looks_like_another_shows_both_forms() -> None:
    assert links.where("https://xn--pple-43d.com/") == "аpple.com (xn--pple-43d.com)"  # Cyrillic
    assert links.where("https://example.com/") == "example.com"
    assert links.where("mailto:a%40b@example.com?subject=x") == "a@b@example.com"
