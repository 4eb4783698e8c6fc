"""Acting in a world as a person does: real keys and a real mouse, by xdotool."""

from tests.journeys.accessibility import Element
from tests.journeys.eyes import Eyes
from tests.journeys.world import PATIENCE

Spot = Element | tuple[int, int]


class Hands(Eyes):
    """A world that can be touched.  A spot is an element (its visible middle) or x and y of the screen."""

    def move(self, spot: Spot) -> None:
        """Put the pointer on a spot."""
        x, y = point(spot)
        self.run("xdotool", "mousemove", str(x), str(y))

    def click(self, spot: Spot, button: int = 1, times: int = 1) -> None:
        """Click a spot: button 1 left, 2 middle, 3 right, 4 and 5 the wheel up and down."""
        self.move(spot)
        self.run("xdotool", "click", "--repeat", str(times), "--delay", "60", str(button))

    def double_click(self, spot: Spot) -> None:
        """Click a spot twice."""
        self.click(spot, times=2)

    def scroll(self, spot: Spot, notches: int) -> None:
        """Turn the wheel over a spot: downwards when `notches` is positive."""
        self.click(spot, button=5 if notches > 0 else 4, times=abs(notches))

    def drag(self, start: Spot, end: Spot, steps: int = 12) -> None:
        """Press at one spot, move to the other in steps, let go."""
        self.press(start)
        self.glide(start, end, steps)
        self.release()

    def press(self, spot: Spot) -> None:
        """Press the left button at a spot and hold it."""
        self.move(spot)
        self.run("xdotool", "mousedown", "1")

    def glide(self, start: Spot, end: Spot, steps: int = 12) -> None:
        """Move the pointer from one spot to another in steps, as a hand does."""
        (x1, y1), (x2, y2) = point(start), point(end)
        command = ["xdotool"]
        for step in range(1, steps + 1):
            x, y = x1 + (x2 - x1) * step // steps, y1 + (y2 - y1) * step // steps
            command += ["mousemove", str(x), str(y), "sleep", "0.01"]
        self.run(*command)

    def release(self) -> None:
        """Let the left button go."""
        self.run("xdotool", "mouseup", "1")

    def key(self, *chords: str) -> None:
        """Press keys one after the other: `key("ctrl+n")`, `key("Tab", "Return")`."""
        self.run("xdotool", "key", "--clearmodifiers", *chords)

    def type(self, text: str) -> None:
        """Type a text key by key into whatever has the focus.

        Only what stands on a keyboard: Chinese is typed through an input method or pasted.
        """
        if not text.isascii():
            raise ValueError(f"there are no keys for {text!r}")
        self.run(
            "xdotool", "type", "--clearmodifiers", "--delay", "15", "--", text, timeout=PATIENCE + len(text)
        )


def point(spot: Spot) -> tuple[int, int]:
    """Return x and y of a spot; raises `AssertionError` when nothing of it can be seen."""
    if isinstance(spot, tuple):
        return spot
    if not spot.in_view:
        raise AssertionError(f"cannot be reached with the mouse: {spot}")
    return spot.center
