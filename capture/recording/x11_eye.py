"""The eye under X11."""

from app.errors import NoScreen
from app.model.recordings import Take
from app.model.screens import Monitor
from capture.recording.eye import Eye
from capture.recording.place import place
from capture.recording.x11_marks import X11Marks
from capture.x11 import XError, connect
from capture.x11_screen import list_monitors


def open_eye(take: Take) -> Eye:
    """Return an eye on the take; raises `CaptureError`."""
    server = connect()  # until the process ends

    def monitors() -> tuple[Monitor, ...]:
        try:
            return list_monitors(server)
        except XError as error:
            raise NoScreen("recording.area_gone") from error

    box = place(take, monitors())
    marks = X11Marks(pointer=take.pointer, clicks=take.clicks) if take.pointer or take.clicks else None
    return Eye(box, monitors, marks)
