"""What a program shows, found and read as a user or a screen reader does."""

import re
from abc import ABC, abstractmethod

from tests.journeys.accessibility import Element
from tests.journeys.world import PATIENCE, until

Words = str | re.Pattern[str]


class View(ABC):
    """Everything one program shows.  `App` says how it is read."""

    @abstractmethod
    def elements(self) -> tuple[Element, ...]:
        """Return everything it shows, parents before children, what is scrolled away included.

        Raises `AssertionError` when the program has ended.
        """

    def find_all(
        self,
        name: Words | None = None,
        role: str | None = None,
        text: Words | None = None,
        *,
        in_view: bool = True,
    ) -> tuple[Element, ...]:
        """Return what matches: `name` and `text` in full or as a pattern to search for, `role` as AT-SPI calls it.

        What is scrolled away is left out unless `in_view` is false.
        """
        return tuple(
            each
            for each in self.elements()
            if (each.in_view or not in_view)
            and role in (None, each.role)
            and says(name, each.name)
            and says(text, each.text)
        )

    def find(
        self,
        name: Words | None = None,
        role: str | None = None,
        text: Words | None = None,
        *,
        in_view: bool = True,
    ) -> Element:
        """Return the one thing that matches, now.  Raises `AssertionError` when there is none, or several."""
        found = self.find_all(name, role, text, in_view=in_view)
        if len(found) != 1:
            raise AssertionError(
                f"{len(found)} of {_wanted(name, role, text)} instead of one in\n{self.tree()}"
            )
        return found[0]

    def wait(
        self,
        name: Words | None = None,
        role: str | None = None,
        text: Words | None = None,
        *,
        state: str | None = None,
        timeout: float = PATIENCE,
        in_view: bool = True,
    ) -> Element:
        """Wait until something matches (and is in `state`, such as "enabled" or "focused") and return the first."""

        def look() -> Element | None:
            found = self.find_all(name, role, text, in_view=in_view)
            return next((each for each in found if state is None or state in each.states), None)

        return until(look, f"{_wanted(name, role, text)} {state or ''}", timeout, self.tree)

    def wait_gone(
        self,
        name: Words | None = None,
        role: str | None = None,
        text: Words | None = None,
        timeout: float = PATIENCE,
    ) -> None:
        """Wait until nothing matches any more."""
        until(
            lambda: not self.find_all(name, role, text),
            f"no more {_wanted(name, role, text)}",
            timeout,
            self.tree,
        )

    def texts(self, *, in_view: bool = True) -> str:
        """Return all it says, one thing a line; what is scrolled away too when `in_view` is false."""
        return "\n".join(each.text for each in self.elements() if each.text and (each.in_view or not in_view))

    def tree(self) -> str:
        """Return what can be seen of it as an indented tree."""
        everything = self.elements()
        seen = [str(each) for each in everything if each.in_view]
        return "\n".join([*seen, f"({len(everything) - len(seen)} more are scrolled away)"])


def says(wanted: Words | None, text: str) -> bool:
    """Say whether a text is the wanted one, or holds the wanted pattern."""
    if isinstance(wanted, re.Pattern):
        return wanted.search(text) is not None
    return wanted in (None, text)


def _wanted(name: Words | None, role: str | None, text: Words | None) -> str:
    asked = {"name": name, "role": role, "text": text}
    return ", ".join(f"{key} {value!r}" for key, value in asked.items() if value is not None) or "anything"
