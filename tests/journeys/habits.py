"""What nearly every trip does: start Glimpse, point at the screen, ask."""

from tests.journeys.accessibility import Element
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.view import Words
from tests.journeys.world import PATIENCE, until

Spot = tuple[int, int]

LONG = 60.0  # seconds for what takes a model, a worker or LibreOffice on a busy machine
CAPTURE_KEY = "ctrl+shift+a"


def start(desktop: Desktop) -> App:
    """Start Glimpse and wait until it can be used."""
    app = desktop.start()
    app.wait_window("Glimpse")
    return app


def ask(app: App, desktop: Desktop, question: str, timeout: float = LONG) -> None:
    """Type a question and send it, once what is attached has been read."""
    desktop.click(app.find("Question", "text"))
    desktop.type(question)
    app.wait("Send", "button", state="enabled", timeout=timeout)
    desktop.key("Return")


def open_picker(desktop: Desktop, beside: Spot) -> None:
    """Press the key until the screen dims, as the key is registered a moment after the window has come up.

    `beside` is a spot where nothing of Glimpse is.  The pointer is put where no window is: one that is hovered stays
    bright.
    """
    desktop.move((desktop.size[0] - 1, desktop.size[1] - 1))
    before = desktop.pixel(*beside)

    def press() -> bool:
        desktop.key(CAPTURE_KEY)
        return desktop.pixel(*beside) != before

    until(press, "the picker", PATIENCE)


def capture(desktop: Desktop, start: Spot, end: Spot) -> None:
    """Take the part of the screen between two corners; the first lies beside Glimpse."""
    open_picker(desktop, start)
    desktop.drag(start, end)
    desktop.key("Return")


def reopen(app: App, desktop: Desktop, title: Words) -> None:
    """Open a conversation from the history."""
    desktop.click(app.wait(title, "list item"))


def scroll_up_to(app: App, desktop: Desktop, name: Words) -> Element:
    """Turn the wheel over the conversation until something is in view, and return it."""
    conversation = app.find("Conversation", "panel")

    def look() -> Element | None:
        if found := app.find_all(name):
            return found[0]
        desktop.scroll(conversation, -3)
        return None

    return until(look, f"{name}, somewhere above")
