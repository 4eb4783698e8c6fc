"""Where the window looks up which models can be fetched, and asks for that; shared by everything that shows them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.library import Listing
from app.model.profiles import Weights
from app.model.sentences import Sentence

WHOLE = -1


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of a model is here: `kept` in bytes, or `WHOLE`; `fault` is why no more of it came."""

    kept: int = 0
    fetching: bool = False
    fault: Sentence | None = None


class ModelDesk(QObject):
    """Knows the `Stock` of every listing by its id.

    The signals give the id, which `looked_at` does not: it says that somebody wants to know.
    """

    changed = Signal(str)
    looked_at = Signal()
    fetch_requested = Signal(str)
    stop_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(
        self,
        listings: tuple[Listing, ...] = (),
        weights: Callable[[Listing], Weights] = lambda _: Weights(),
    ) -> None:
        """`weights` tells where the files of a model are once it is here."""
        super().__init__()
        self.listings = listings
        self.weights = weights
        self._stock: dict[str, Stock] = {}

    def stock(self, listing: Listing) -> Stock:
        """Return how much of a model is here, as far as is known."""
        return self._stock.get(listing.id, Stock())

    def tell(self, listing: Listing, stock: Stock) -> None:
        """Show that this is here of a model now."""
        if stock != self.stock(listing):
            self._stock[listing.id] = stock
            self.changed.emit(listing.id)
