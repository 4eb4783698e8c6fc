"""Looking at what is attached, as large as it is."""

from collections.abc import Callable

from app.model.attachments import Attachment, Blob
from ui.journeys.stage import Stage
from ui.picture_view import PictureView


class Viewing:
    """Opens a picture, page or still of the draft or of a question."""

    def __init__(self, stage: Stage, load: Callable[[Blob], bytes]) -> None:
        self._stage = stage
        self._load = load
        for source in (stage.shelf, stage.thread_view):
            source.attachment_opened.connect(self._open)
        stage.composer.refused.connect(lambda why: stage.notices.tell(why, tone="warning"))
        stage.thread_view.try_file.connect(stage.composer.choose_files)

    def _open(self, attachment: Attachment, index: int) -> None:
        if attachment.pictures:
            PictureView(attachment, index, self._load, self._stage.window).open()
