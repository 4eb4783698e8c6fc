"""Something worth looking at: the chart of a story, as a picture and as the pages of a report."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageSize, QPainter, QPdfWriter

from tests.journeys.stories import COSTS, REVENUE, Story

WIDTH, HEIGHT = 900, 560
_BASE, _UNIT = HEIGHT - 80, 5  # the line the bars stand on, and the pixels of one million
_COLOURS = (QColor("#3b6fd6"), QColor("#b9c0ca"))


def chart(story: Story, path: Path) -> Path:
    """Write the chart as a PNG; needs a Qt application."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw(painter, story)
    painter.end()
    image.save(str(path))
    return path


def report(story: Story, path: Path, pages: int = 6) -> Path:
    """Write a report with the chart on every page as a PDF; needs a Qt application."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.setWindow(0, 0, WIDTH, round(WIDTH * 1.414))
    for number in range(1, pages + 1):
        painter.save()
        _write(painter, QRect(70, 60, 700, 50), f"{story.report} · {number}", 30, bold=True)
        painter.translate(0, 120)
        _draw(painter, story)
        painter.translate(0, HEIGHT - 20)
        _write(painter, QRect(70, 0, WIDTH - 140, 400), story.reasoning, 18)
        painter.restore()
        if number < pages:
            writer.newPage()
    painter.end()
    return path


def _draw(painter: QPainter, story: Story) -> None:
    _write(painter, QRect(70, 30, 700, 40), story.title, 24, bold=True)
    for index, words in enumerate(story.legend):
        painter.fillRect(70 + 140 * index, 86, 16, 16, _COLOURS[index])
        _write(painter, QRect(94 + 140 * index, 80, 110, 28), words, 16)
    for quarter, values in enumerate(zip(REVENUE, COSTS, strict=True)):
        left = 90 + 195 * quarter
        for index, value in enumerate(values):
            bar = QRect(left + 70 * index, _BASE - _UNIT * value, 62, _UNIT * value)
            painter.fillRect(bar, _COLOURS[index])
            _write(painter, bar.adjusted(0, -30, 0, -_UNIT * value), str(value), 17, middle=True)
        _write(painter, QRect(left, _BASE + 10, 132, 30), f"Q{quarter + 1}", 18, middle=True)
    painter.fillRect(70, _BASE, WIDTH - 140, 2, QColor("#5b626b"))


def _write(
    painter: QPainter, where: QRect, words: str, size: int, *, bold: bool = False, middle: bool = False
) -> None:
    font = QFont("sans-serif")
    font.setPixelSize(size)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor("#1f2328"))
    flags = Qt.AlignmentFlag.AlignHCenter if middle else Qt.AlignmentFlag.AlignLeft
    painter.drawText(where, flags | Qt.TextFlag.TextWordWrap, words)
