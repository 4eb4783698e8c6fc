"""The rows of the history: conversations under the days they belong to."""

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.i18n import say
from app.model.messages import TITLE_LIMIT, Thread
from app.model.sentences import Sentence, sentence

_WEEK, _MONTH = 7, 30
_Index = QModelIndex | QPersistentModelIndex
Row = Thread | Sentence


def heading(day: date, today: date) -> Sentence:
    """Return what the days around `day` are called."""
    age = (today - day).days
    if age <= 0:
        return sentence("history.today")
    if age == 1:
        return sentence("history.yesterday")
    if age <= _WEEK:
        return sentence("history.week")
    if age <= _MONTH:
        return sentence("history.month")
    if day.year == today.year:
        return sentence(f"history.month_{day.month}")
    return sentence(f"history.month_{day.month}_of", year=day.year)


def grouped(threads: Sequence[Thread], now: datetime) -> tuple[Row, ...]:
    """Return the threads, newest first, with a heading wherever the day's name changes."""
    made: list[Row] = []
    last: Sentence | None = None
    for thread in sorted(threads, key=lambda thread: thread.updated, reverse=True):
        name = heading(thread.updated.astimezone().date(), now.astimezone().date())
        if name != last:
            made.append(name)
            last = name
        made.append(thread)
    return tuple(made)


class HistoryModel(QAbstractListModel):
    """Headings and threads in one list; editing a thread asks for another title."""

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    def show_rows(self, shown: tuple[Row, ...]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._rows = shown
        self.endResetModel()

    def thread_at(self, index: _Index) -> Thread | None:
        """Return the thread there, None for a heading or nothing."""
        shown = self._rows[index.row()] if index.isValid() else None
        return shown if isinstance(shown, Thread) else None

    def index_of(self, thread_id: int) -> QModelIndex:
        """Return where a thread is; an invalid index when it is not here."""
        for number, shown in enumerate(self._rows):
            if isinstance(shown, Thread) and shown.id == thread_id:
                return self.index(number)
        return QModelIndex()

    def thread_near(self, row: int) -> QModelIndex:
        """Return the thread in this row or the nearest, below rather than above; an invalid index for row -1."""
        threads = [number for number, shown in enumerate(self._rows) if isinstance(shown, Thread)]
        if row < 0 or not threads:
            return QModelIndex()
        return self.index(next((number for number in threads if number >= row), threads[-1]))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many rows there are, headings included."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title or the heading."""
        shown = self._rows[index.row()]
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return (shown.title or say("history.untitled")) if isinstance(shown, Thread) else say(shown)
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another title; the list changes when it is shown the next time."""
        thread = self.thread_at(index)
        title = " ".join(str(value).split())[:TITLE_LIMIT]
        if thread is None or not title or title == thread.title:
            return False
        self.renamed.emit(thread.id, title)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that a thread can be chosen and renamed, and a heading only read."""
        if self.thread_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable
