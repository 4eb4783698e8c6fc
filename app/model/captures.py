"""What was captured before, to be used again.  Lengths are physical pixels, sizes bytes."""

from dataclasses import dataclass
from datetime import datetime

from app.model.attachments import Attachment
from app.model.screens import Box


@dataclass(frozen=True, slots=True)
class Capture:
    """A picture of the screen as it was taken at `made`, or as it is since something in it was hidden.

    `box` is where on the desktop it was taken, None where that is not known.
    """

    id: int
    made: datetime
    attachment: Attachment
    box: Box | None = None

    def digests(self) -> frozenset[str]:
        """Return the digests of the blobs it is made of."""
        return digests(self.attachment)

    def size(self) -> int:
        """Return what it takes on the disk."""
        blobs = {picture.blob for picture in self.attachment.pictures}
        if self.attachment.source is not None:
            blobs.add(self.attachment.source)
        return sum(blob.size for blob in blobs)


def digests(attachment: Attachment) -> frozenset[str]:
    """Return the digests of the pictures of an attachment, and of the file it came as."""
    source = {attachment.source.digest} if attachment.source is not None else set()
    return frozenset(source | {picture.blob.digest for picture in attachment.pictures})
