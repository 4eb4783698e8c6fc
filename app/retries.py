"""When a server that failed is asked again, and for how long it is left alone before that."""

from dataclasses import dataclass

from app.errors import AppError, Busy


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient one is.

    `pauses` are the seconds before the second try, the third and so on, where the server does not say how long; one that
    wants to be left alone for more than `longest` is given up.  `after` is what another try may mend.
    """

    pauses: tuple[float, ...]
    longest: float
    after: type[AppError] = AppError

    def pause(self, error: AppError | None, tried: int) -> float | None:
        """Return how many seconds to wait after so many tries, the last with this error; None to give up."""
        if not isinstance(error, self.after) or not error.retry or tried > len(self.pauses):
            return None
        seconds = error.seconds if isinstance(error, Busy) else None
        if seconds is None:
            return self.pauses[tried - 1]
        return seconds if seconds <= self.longest else None


WATCHED = Retries((2.0, 8.0, 30.0), 300.0)  # nobody watches a countdown for longer
# A server that is gone would be waited for at every file.
UNWATCHED = Retries((1.0, 2.0, 4.0, 8.0), 120.0, after=Busy)
