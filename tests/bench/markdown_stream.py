"""80 kB of Markdown at 1,000 tokens a second into a reply, beside Qt's own Markdown at the same flushes."""

import gc
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTextBrowser

from app.model.events import Answer
from app.model.messages import Ending, Reply
from tests.bench.figure import Figure, Held
from tests.bench.qt_loop import Heartbeat
from ui import theme
from ui.thread_view import ThreadView

ROUNDS = 3
REST = 5000  # ms without a stream
LETTERS = 80_000
FLUSH = 120  # letters: thirty tokens of four
PACE = 0.03  # seconds between two flushes
SAMPLES = 80  # flushes of the peer that are run; the rest is extrapolated from them
KILO = 10_000 // FLUSH  # flushes in ten kilobytes

_WORDS: Sequence[str] = str.split(
    "every page of the deck was read once and the figures below were taken from the second table "
    "because the first one counts returned goods twice while the chart leaves them out"
)
_CHINESE = "报告共有六十页，第十二页的表格列出了各地区的营收，图表则按季度展示趋势。我们逐页核对了数字，并标注了不一致之处。"
_PYTHON = '''
from collections.abc import Iterable

def running_mean(values: Iterable[float], width: int = 7) -> list[float]:
    """Return the mean of the last `width` values at each place."""
    window: list[float] = []
    means: list[float] = []
    for value in values:
        window = [*window[-(width - 1) :], value]
        means.append(sum(window) / len(window))  # never empty here
    return means
'''
_RUST = """
pub fn widest(lines: &[&str]) -> Option<usize> {
    // counted in bytes
    lines.iter().map(|line| line.len()).max()
}
"""


def _sentence(dice: random.Random, words: int) -> str:
    chosen = [dice.choice(_WORDS) for _ in range(words)]
    for i in range(5, words, 12):
        chosen[i] = dice.choice(("**{}**", "*{}*", "`{}`", "[{}](https://example.com/p)")).format(chosen[i])
    return " ".join(chosen).capitalize() + "."


def document(letters: int = LETTERS) -> str:
    """Return Markdown of so many letters with everything an answer has."""
    dice = random.Random(11)  # the same text every time
    parts: list[str] = []
    size, section = 0, 0
    while size < letters:
        section += 1
        rows = "".join(
            f"| {i} | {dice.random():.3f} | {_sentence(dice, 4)} | 第 {i} 行 |\n" for i in range(9)
        )
        items = "".join(
            f"- {_sentence(dice, 10)}\n  1. {_sentence(dice, 6)}\n     - 再下一层：{_CHINESE[:20]}\n"
            for _ in range(4)
        )
        text = "\n\n".join(
            (
                f"## {section}. {_sentence(dice, 4)}",
                _sentence(dice, 60),
                _CHINESE * 2,
                items,
                f"```python{_PYTHON}```",
                f"| no | value | remark | 说明 |\n|--|--:|:--|:-:|\n{rows}",
                f"> {_sentence(dice, 30)}",
                f"```rust{_RUST}```",
                _sentence(dice, 50),
                "---\n\n",
            )
        )
        parts.append(text)
        size += len(text)
    return "".join(parts)[:letters]


def _reply(ended: Ending = Ending.WRITING) -> Reply:
    return Reply(1, "", "", ended, datetime(2026, 1, 1, tzinfo=UTC), "bench", "bench")


class _Ours:
    """A conversation with a reply being written, as the app shows it."""

    def __init__(self) -> None:
        self._thread = ThreadView(lambda _: b"")
        self._thread.resize(900, 900)
        self._thread.show()
        self._reply = self._thread.begin_reply(_reply())

    def flush(self, _before: str, new: str) -> None:
        """Show some letters at once: no waiting for the beat that would put several flushes into one."""
        self._reply.show_events((Answer(new),))
        self._reply.flush()
        QApplication.processEvents()

    def close(self) -> None:
        """Go away."""
        self._thread.close()


class _Peer:
    """Qt's own Markdown, all of it at each flush."""

    def __init__(self) -> None:
        self._view = QTextBrowser()
        self._view.resize(900, 900)
        self._view.show()

    def flush(self, before: str, new: str) -> None:
        """Show all letters so far and go to their end."""
        self._view.setMarkdown(before + new)
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.maximum())
        QApplication.processEvents()

    def close(self) -> None:
        """Go away."""
        self._view.close()


def _costs(text: str) -> tuple[float, float]:
    """Return our CPU time of all flushes, and the peer's, from samples taken in between."""
    ours, peer = _Ours(), _Peer()
    cuts = range(0, len(text), FLUSH)
    every = max(len(cuts) // SAMPLES, 1)
    mine: list[float] = []
    theirs: list[float] = []
    for number, begin in enumerate(cuts):
        before, new = text[:begin], text[begin : begin + FLUSH]
        start = time.process_time()
        ours.flush(before, new)
        mine.append(time.process_time() - start)
        if number % every == 0:
            start = time.process_time()
            peer.flush(before, new)
            theirs.append(time.process_time() - start)
    ours.close()
    peer.close()
    return sum(mine), sum(theirs) / len(theirs) * len(cuts)


def _alone(text: str) -> tuple[float, float]:
    """Return our CPU time for the last and the first ten kilobytes, without a peer that fills the caches."""
    ours = _Ours()
    costs: list[float] = []
    for begin in range(0, len(text), FLUSH):
        start = time.process_time()
        ours.flush(text[:begin], text[begin : begin + FLUSH])
        costs.append(time.process_time() - start)
    ours.close()
    return sum(costs[-KILO:]), sum(costs[:KILO])


def _stall(text: str) -> float:
    """Return the longest stall in real time, in ms, while the text comes in; without one, at rest."""
    thread = ThreadView(lambda _: b"")
    thread.resize(900, 900)
    thread.show()
    reply = thread.begin_reply(_reply())
    QApplication.processEvents()
    loop, place = QEventLoop(), 0

    def feed() -> None:
        nonlocal place
        reply.show_events((Answer(text[place : place + FLUSH]),))
        place += FLUSH
        if place >= len(text):
            loop.quit()

    feeder = QTimer(interval=round(PACE * 1000), timerType=Qt.TimerType.PreciseTimer)
    feeder.timeout.connect(feed)
    if text:
        feeder.start()
    else:
        QTimer.singleShot(REST, loop.quit)
    with Heartbeat() as heart:
        loop.exec()
    feeder.stop()
    thread.close()
    return heart.worst


def measure() -> list[Figure]:
    """Return our CPU beside the peer's, how it grows, and the worst stall beside a control."""
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        theme.apply(app, "light")
    text = document()
    _stall(text[:4000])  # fonts and lexers are loaded once in the life of an app
    gc.freeze()  # as `app.voices` does before the first answer
    costs, ends, stalls = [], [], []
    for _ in range(ROUNDS):
        costs.append(_costs(text))
        ends.append(_alone(text))
        stalls.append((_stall(text), _stall("")))
    (ours, peer), (last, first), (stall, idle) = (
        map(statistics.median, zip(*pairs, strict=True)) for pairs in (costs, ends, stalls)
    )
    return [
        Figure("80 kB of Markdown at 1,000 tokens/s: CPU", ours, peer, "setMarkdown", "s", 0.10),
        Figure("the same: CPU of the last 10 kB", last, first, "first 10 kB", "s", 1.2),
        Figure("the same: worst UI stall", stall, idle, "idle", "ms", 50, Held.OURS),
    ]
