"""One log file, with nothing secret in it.

What is logged are events, sizes and kinds, never what people ask.  Should a library, a server's error or a traceback carry
a secret nevertheless, it is struck out of the finished line, whoever wrote it.
"""

import logging
import os
import re
import threading
from logging.handlers import RotatingFileHandler
from urllib.parse import quote

from app.files import PRIVATE_FILE, make_folder
from app.paths import Paths

SIZE = 10**6  # bytes of one of the two files
LINE = 20_000  # characters of one entry

_SHORTEST = 4  # characters: to strike out a shorter one would leave no log
_HIDDEN = "[hidden]"
_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+"), rf"\1 {_HIDDEN}"),
    (re.compile(r"\bsk-[\w.-]{4,}"), _HIDDEN),
    (re.compile(r"(?i)(data:[\w.+/-]*(?:;[\w.+=-]+)*;base64,)[\w+/=%-]*"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)(\bhttps?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*"), rf"\1?{_HIDDEN}"),
    (re.compile(r"(?i)(\bhttps?://)[^\s/@\"'<>]+@"), rf"\1{_HIDDEN}@"),
)
# Below a warning these tell what was sent.
_TALKATIVE = ("openai", "httpx2", "httpcore2", "httpx", "httpcore", "asyncio", "PIL", "keyring")

_secrets: set[str] = set()
_lock = threading.Lock()


def hide(secret: str) -> None:
    """Strike this text out of everything that is logged from now on."""
    if len(secret) >= _SHORTEST:
        with _lock:
            _secrets.update({secret, quote(secret, safe=""), secret.encode("unicode_escape").decode()})


def redact(text: str) -> str:
    """Return the text without secrets: those that were named, and what looks like one."""
    with _lock:
        secrets = sorted(_secrets, key=len, reverse=True)  # one may be part of another
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    for pattern, kept in _PATTERNS:
        text = pattern.sub(kept, text)
    return text


def start(paths: Paths) -> logging.Handler:
    """Log to ``log/glimpse.log`` in the data folder, or to stderr where that cannot be written.

    Returns the handler, the only one of the root logger.
    """
    handler: logging.Handler
    folder = paths.data / "log"
    try:
        make_folder(folder)
        handler = _PrivateFile(folder / "glimpse.log", maxBytes=SIZE, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, _Redacting):
            root.removeHandler(old)
            old.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


class _Redacting(logging.Formatter):
    """Strikes secrets out of the whole entry, its traceback included: a filter would see only the message."""

    def format(self, record: logging.LogRecord) -> str:
        entry = super().format(record)
        # Redacted before it is cut: half a secret would not be recognised.
        entry = redact(entry)
        return entry if len(entry) <= LINE else f"{entry[:LINE]}… ({len(entry)} characters)"


class _PrivateFile(RotatingFileHandler):
    """A rotating file that nobody else can read, from its first byte on."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors="replace", opener=_opener)


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)
