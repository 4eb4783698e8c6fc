import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import log, paths
from app.log import hide, redact, start


@pytest.fixture
def handler(home: Path) -> Iterator[logging.Handler]:
    root = logging.getLogger()
    level, levels = root.level, {name: logging.getLogger(name).level for name in log._TALKATIVE}
    handler = start(paths.find())
    yield handler
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def written(home: Path) -> str:
    return (home / "data" / "log" / "glimpse.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("key sk-proj-abc_DEF-123 used", "key [hidden] used"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [hidden]"),
        ("{'authorization': 'bearer xyz'}", "{'authorization': 'bearer [hidden]'}"),
        ("see data:image/png;base64,iVBORw0KGgo= there", "see data:image/png;base64,[hidden] there"),
        ("GET https://a.example/v1/x?token=1&b=2 200", "GET https://a.example/v1/x?[hidden] 200"),
        ("http://me:secret@host/v1", "http://[hidden]@host/v1"),
        ("a task-force met; is it risky? 3 pages", "a task-force met; is it risky? 3 pages"),
    ],
)
def test_what_looks_like_a_secret_is_struck_out(text: str, safe: str) -> None:
    assert redact(text) == safe


def test_a_secret_that_was_named_is_struck_out_in_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_secrets", set())
    for secret in ("", "abc", "päss/wörd+1", "päss/wörd+1 and more"):
        hide(secret)
    assert redact("abc: päss/wörd+1 and more, p%C3%A4ss%2Fw%C3%B6rd%2B1, p\\xe4ss/w\\xf6rd+1") == (
        "abc: [hidden], [hidden], [hidden]"
    )


def test_the_log_is_private_and_says_what_happened(home: Path, handler: logging.Handler) -> None:
    logging.getLogger("app.test").info("started in %d ms", 12)
    file = home / "data" / "log" / "glimpse.log"
    assert "INFO MainThread app.test: started in 12 ms" in written(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_no_secret_reaches_the_file_by_message_argument_or_traceback(
    home: Path, handler: logging.Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_secrets", set())
    hide("canary-7f3a")
    logger = logging.getLogger("some.library")
    logger.warning("refused canary-7f3a")
    logger.warning("refused %s", {"key": "canary-7f3a"})
    try:
        int("canary-7f3a")
    except ValueError:
        logger.exception("failed")
    text = written(home)
    # The traceback shows it twice: in the line of code and in the error.
    assert text.count("[hidden]") == 4
    assert "Traceback" in text
    assert "canary" not in text


def test_an_endless_entry_is_cut_after_its_secrets_are_struck_out(
    home: Path, handler: logging.Handler
) -> None:
    logging.getLogger("app.test").info("%s sk-%s", "x" * (log.LINE - 100), "y" * 10**6)
    assert len(written(home)) < log.LINE + 200
    assert "yyy" not in written(home)


def test_the_log_keeps_two_files_of_a_megabyte(home: Path, handler: logging.Handler) -> None:
    for _ in range(300):
        logging.getLogger("app.test").info("z" * 10_000)
    files = sorted((home / "data" / "log").iterdir())
    assert [file.name for file in files] == ["glimpse.log", "glimpse.log.1"]
    assert all(file.stat().st_size <= log.SIZE for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_starting_again_does_not_write_twice(home: Path, handler: logging.Handler) -> None:
    again = start(paths.find())
    logging.getLogger("app.test").info("once")
    assert written(home).count("once") == 1
    logging.getLogger().removeHandler(again)
    again.close()


def test_libraries_that_tell_what_was_sent_are_kept_quiet(home: Path, handler: logging.Handler) -> None:
    logging.getLogger("openai._base_client").debug("Request options: the question")
    logging.getLogger("httpx2").info("HTTP Request: POST")
    assert written(home) == ""


def test_without_a_folder_the_log_goes_to_stderr(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("in the way")
    handler = start(paths.find())
    logging.getLogger("app.test").warning("told with sk-12345678")
    logging.getLogger().removeHandler(handler)
    assert "told with [hidden]" in capsys.readouterr().err
