"""A server that tells one story, as slowly as it is told to: pictures need it to hold still."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.stories import Story
from tests.little_server import Line, LittleServer, serving

_PIECE = 4  # letters that come at once
_PACE = 0.02  # seconds between two pieces
_HELD = 60.0  # seconds after which nobody is expected to say `go_on` any more


class Storyteller(LittleServer):
    """Thinks and answers as a real server does.

    `hold` makes it pause in the middle of its reasoning until `go_on` is set; `dies` breaks the connection in
    the middle of the answer.
    """

    name = "GLM-4.5V"
    model = "glm-4.5v"

    def __init__(self, story: Story) -> None:
        super().__init__()
        self.story = story
        self.hold = self.dies = False
        self.go_on = threading.Event()

    def answer(self, line: Line) -> None:
        """Tell the story."""
        story = self.story
        middle = len(story.reasoning) // 2
        for piece in _told(story.reasoning[:middle]):
            line.say(reasoning=piece)
        if self.hold:
            self.go_on.wait(_HELD)
        for piece in _told(story.reasoning[middle:]):
            line.say(reasoning=piece)
        for piece in _told(story.unfinished if self.dies else story.answer):
            line.say(content=piece)
        if not self.dies:
            line.end()


def _told(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]
        time.sleep(_PACE)


@contextmanager
def storyteller(story: Story) -> Iterator[Storyteller]:
    """Serve a story until the block ends."""
    with serving(Storyteller(story)) as server:
        try:
            yield server
        finally:
            server.go_on.set()
