"""A video before it is sent: played, trimmed, and shown as the model will see it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QDialog, QPushButton, QSlider, QWidget

from app.excerpt import DETAILS, MOMENTS_LIMIT, Outlook, bounds
from app.i18n import say
from app.model.attachments import Attachment, Excerpt
from app.model.sentences import Sentence
from ui.choice import Choice
from ui.film_stage import FilmStage
from ui.icons import IconButton
from ui.layout import column, frame, label, row, set_look, set_tip
from ui.seen_frames import SeenFrames, clock
from ui.strip_track import StripTrack
from ui.theme import SPACE

Look = Callable[[Excerpt], Outlook]

_CLIP, _KEYS = "clip", "keys"
_NEAR = 0.05  # seconds: so near to its end a video is whole
_SCALE = 1000  # by which moments are told apart
_SLIDER = 140
_SIZE, _FRAME = (
    QSize(880, 720),
    QSize(16, 48),
)  # as large as is comfortable; what a window manager puts around


class Strip(QDialog):
    """Lets the user choose what of a video is sent.

    `chosen` gives the `Excerpt`.  Frames are asked for by `frame_wanted` and `next_wanted`, to be shown large, and by
    `glance_wanted`, small; the moments of key frames by `key_frames_wanted`.  Times are seconds of the whole video.
    """

    chosen = Signal(object)
    frame_wanted = Signal(float)
    next_wanted = Signal()
    glance_wanted = Signal(float)
    key_frames_wanted = Signal()

    def __init__(self, attachment: Attachment, look: Look, parent: QWidget | None = None) -> None:
        """`look` says what a model will see of an excerpt; the `whole` of the attachment is known."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look = look
        self._seconds = bounds(attachment, Excerpt())[1]
        self._rate = attachment.whole.rate if attachment.whole is not None else 1.0
        self._start, self._end = bounds(attachment, attachment.excerpt)
        self._keys: tuple[float, ...] | None = None
        self._kept = attachment.excerpt.moments
        self._small: dict[int, QPixmap | None] = {}
        self._now = self._start
        self._playing: float | None = None  # the time at which the video's beginning would have been shown
        self._waiting = False
        self._coming: tuple[float, QImage] | None = None  # the frame that is shown when its time has come
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._go_on)
        width, height = (attachment.whole.width, attachment.whole.height) if attachment.whole else (16, 9)
        self._stage = FilmStage(QSize(width, height))
        self._track = StripTrack(self._seconds, width / height, self._glance)
        self._seen = SeenFrames(self._glance)
        self._play, self._back, self._on = IconButton("play"), IconButton("left"), IconButton("right")
        self._clock = label("muted")
        self._begin_here, self._end_here, self._all = QPushButton(), QPushButton(), QPushButton()
        self._form, self._detail = Choice(), QSlider(Qt.Orientation.Horizontal)
        self._less, self._more, self._heading = label("small"), label("small"), label()
        self._told = label(wrap=True)
        self._cancel, self._take = QPushButton(), QPushButton()
        self._detail.setRange(0, len(DETAILS) - 1)
        self._detail.setPageStep(1)
        self._detail.setValue(attachment.excerpt.detail)
        self._lay_out()
        self._connect()
        self._speak(attachment.name)
        self._show_outlook()
        room = self.screen().availableGeometry().size()
        self.resize(_SIZE.boundedTo(room - _FRAME))
        self._play.setFocus()

    def _lay_out(self) -> None:
        stage = frame("stage")
        column(stage, margins=(SPACE, SPACE, SPACE, SPACE)).addWidget(self._stage)
        play = row(gap=4)
        for widget in (self._back, self._play, self._on):
            play.addWidget(widget)
        play.addSpacing(SPACE)
        play.addWidget(self._clock, 1)
        for button in (self._begin_here, self._end_here, self._all):
            button.setAutoDefault(False)
            play.addWidget(button)
        seen = row()
        seen.addWidget(self._heading)
        seen.addWidget(self._form, 1)
        seen.addSpacing(SPACE)
        seen.addWidget(self._less)
        self._detail.setFixedWidth(_SLIDER)
        seen.addWidget(self._detail)
        seen.addWidget(self._more)
        inside = column(gap=10, margins=(2 * SPACE, SPACE, 2 * SPACE, SPACE))
        for part in (play, seen):
            inside.addLayout(part)
        inside.insertWidget(1, self._track)
        inside.addWidget(self._seen)
        foot = frame("foot")
        buttons = row(foot, margins=(2 * SPACE, 12, 2 * SPACE, 12))
        buttons.addWidget(self._told, 1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._take)
        self._take.setProperty("look", "primary")
        whole = column(self, gap=0)
        whole.addWidget(stage, 1)
        whole.addLayout(inside)
        whole.addWidget(foot)
        self._take.setDefault(True)

    def _connect(self) -> None:
        self._play.clicked.connect(self._toggle)
        self._back.clicked.connect(lambda: self.seek(self._now - 1 / self._rate))
        self._on.clicked.connect(self._step)
        self._begin_here.clicked.connect(lambda: self._trim(self._now, self._end))
        self._end_here.clicked.connect(lambda: self._trim(self._start, self._now))
        self._all.clicked.connect(lambda: self._trim(0.0, self._seconds))
        self._track.trimmed.connect(self._trim)
        self._track.sought.connect(self.seek)
        self._seen.clicked.connect(lambda index: self.seek(self._seen.moment(index)))
        self._seen.activated.connect(lambda index: self.seek(self._seen.moment(index)))
        self._detail.valueChanged.connect(self._show_outlook)
        self._form.currentIndexChanged.connect(self._choose_form)
        self._cancel.clicked.connect(self.reject)
        self._take.clicked.connect(self._finish)
        keys: dict[str, Callable[[], None]] = {
            "Space": self._toggle,
            ",": self._back.click,
            ".": self._step,
            "I": self._begin_here.click,
            "O": self._end_here.click,
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self, act)

    def _speak(self, name: str) -> None:
        self.setWindowTitle(say("strip.title", name=name))
        self._back.call(say("strip.back"), ",")
        self._on.call(say("strip.on"), ".")
        self._begin_here.setText(say("strip.begin_here"))
        set_tip(self._begin_here, "I")
        self._end_here.setText(say("strip.end_here"))
        set_tip(self._end_here, "O")
        self._all.setText(say("strip.all"))
        self._heading.setText(say("strip.seen"))
        self._less.setText(say("strip.less"))
        self._more.setText(say("strip.more"))
        self._detail.setAccessibleName(say("strip.detail"))
        self._form.setAccessibleName(say("strip.seen"))
        self._track.setAccessibleName(say("strip.track"))
        self._seen.setAccessibleName(say("strip.frames"))
        self._cancel.setText(say("picker.cancel"))
        self._take.setText(say("strip.take"))
        form = _CLIP if self._look(Excerpt()).as_clip else "even"
        self._form.offer(
            ((_CLIP, say(f"strip.as_{form}")), (_KEYS, say("strip.as_keys"))), _KEYS if self._kept else _CLIP
        )
        self._show_play()

    # What it is given

    def show_frame(self, seconds: float, image: QImage) -> None:
        """Show this frame large, and while it plays ask for the next."""
        self._waiting = False
        if self._playing is None:
            self._put(seconds, image)
            return
        due = self._playing + seconds - time.monotonic()
        self._coming = (seconds, image)
        self._due.start(max(0, round(due * 1000)))

    def show_glance(self, asked: float, image: QImage) -> None:
        """Take the small frame of a moment that was asked for."""
        self._small[round(asked * _SCALE)] = QPixmap.fromImage(image)
        self._track.update()
        self._seen.viewport().update()

    def show_key_frames(self, moments: tuple[float, ...]) -> None:
        """Take the moments of all key frames of the video."""
        self._keys = moments
        self._show_outlook()

    def show_end(self) -> None:
        """Take it that there is no further frame."""
        self._waiting = False
        self._stop()

    def tell(self, what: Sentence) -> None:
        """Say what went wrong; what is shown stays."""
        self._stop()
        self._told.setText(say(what))
        set_look(self._told, "look", "danger")
        self._take.setEnabled(self._form.value() != _KEYS or self._keys is not None)

    # Playing

    def seek(self, seconds: float) -> None:
        """Have the frame of this moment shown."""
        self._stop()
        self._now = min(max(seconds, 0.0), self._seconds)
        self._waiting = True
        self._show_now()
        self.frame_wanted.emit(self._now)

    def _toggle(self) -> None:
        if self._playing is not None:
            self._stop()
            return
        if not self._start - _NEAR <= self._now < self._end - 1.5 / self._rate:
            self.seek(self._start)
        self._playing = time.monotonic() - self._now
        self._show_play()
        self._want_next()

    def _go_on(self) -> None:
        if self._playing is None or self._coming is None:
            return
        seconds, image = self._coming
        if seconds >= self._end:
            self._stop()
            return
        # A frame that is late is shown all the same; the ones after it are not hurried.
        self._playing = max(self._playing, time.monotonic() - seconds)
        self._put(seconds, image)
        self._want_next()

    def _step(self) -> None:
        self._stop()
        if self._waiting:  # for the frame it is to be the next of
            self.seek(self._now + 1 / self._rate)
        else:
            self._want_next()

    def _want_next(self) -> None:
        if not self._waiting:
            self._waiting = True
            self.next_wanted.emit()

    def _stop(self) -> None:
        self._playing = self._coming = None
        self._due.stop()
        self._show_play()

    def _put(self, seconds: float, image: QImage) -> None:
        self._now = seconds
        self._stage.show_image(image)
        self._show_now()

    def _show_now(self) -> None:
        self._clock.setText(say("strip.clock", now=clock(self._now), total=clock(self._seconds)))
        self._track.show_now(self._now)

    def _show_play(self) -> None:
        self._play.show_icon("play" if self._playing is None else "pause")
        self._play.call(say("strip.play" if self._playing is None else "strip.pause"), "Space")

    def _glance(self, moment: float) -> QPixmap | None:
        key = round(moment * _SCALE)
        if key not in self._small:
            self._small[key] = None
            self.glance_wanted.emit(moment)
        return self._small[key]

    # Choosing

    def excerpt(self) -> Excerpt:
        """Return what is chosen now."""
        end = None if self._end >= self._seconds - _NEAR else self._end
        start = 0.0 if self._start < _NEAR else self._start
        return Excerpt(start, end, self._detail.value(), self._moments())

    def _moments(self) -> tuple[float, ...]:
        if self._form.value() != _KEYS:
            return ()
        known = self._keys if self._keys is not None else self._kept
        inside = [moment for moment in known if self._start < moment <= self._end]
        # What stood there when the part begins belongs to it.
        first = self._start if (known and known[0] <= self._start) or not inside else inside.pop(0)
        return (first, *inside[: MOMENTS_LIMIT - 1])

    def _trim(self, start: float, end: float) -> None:
        if start < end:
            self._start, self._end = start, end
            self._show_outlook()

    def _choose_form(self) -> None:
        if self._form.value() == _KEYS and self._keys is None:
            self.key_frames_wanted.emit()
        self._show_outlook()

    def _show_outlook(self) -> None:
        looking = self._form.value() == _KEYS and self._keys is None and not self._kept
        self._take.setEnabled(not looking)
        set_look(self._told, "look", "muted")
        self._track.show_part(self._start, self._end)
        self._show_now()
        if looking:
            self._told.setText(say("strip.looking"))
            self._track.show_moments(())
            self._seen.show_moments(())
            return
        seen = self._look(self.excerpt())
        self._track.show_moments(seen.moments)
        self._seen.show_moments(seen.moments)
        self._told.setText(_told(seen, self._end - self._start))

    def _finish(self) -> None:
        self.chosen.emit(self.excerpt())
        self.accept()


def _told(seen: Outlook, seconds: float) -> str:
    """Say what will be sent, and what it costs."""
    megabytes = seen.size / 1e6
    size = f"{megabytes:.1f}" if megabytes >= 0.1 else f"{megabytes:.2f}"  # noqa: PLR2004 - a digit that says something
    return say(
        "strip.sent_clip" if seen.as_clip else "strip.sent_pictures",
        n=len(seen.moments),
        seconds=f"{seconds:.1f}",
        tokens=f"{seen.tokens:,}",
        size=size,
    )
