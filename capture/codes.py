"""What QR codes in a stored picture say, read in a worker."""

from contextlib import aclosing

from app.answers import fit_to_show
from app.errors import Unreadable
from app.model.attachments import Picture
from app.ports import Blobs, Workers

_LETTERS = 4296  # that the largest QR code holds
_CODES = 32


class WorkerCodes:
    """Reads the codes in pictures."""

    def __init__(self, blobs: Blobs, workers: Workers) -> None:
        self._blobs = blobs
        self._workers = workers

    async def read(self, picture: Picture) -> tuple[str, ...]:
        """Return the texts of its codes, plain and unproved; raises `DocumentError`."""
        path = str(self._blobs.path(picture.blob))
        async with aclosing(self._workers.job("codes", {"path": path, "reads": [path]})) as frames:
            async for head, _ in frames:
                codes = head.get("codes")
                if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
                    raise Unreadable("worker.died")
                shown = (fit_to_show(code[:_LETTERS]) for code in codes[:_CODES])
                return tuple(code for code in shown if code)
        raise Unreadable("worker.died")
