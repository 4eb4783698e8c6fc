"""`glimpse words`: have the model that puts into words what the built-in reader read, or be rid of it."""

import argparse
import sys
from contextlib import aclosing

from app.i18n import say
from app.library import WORDS, Library
from app.settings import READER, Settings
from app.terminal import write


async def words(options: argparse.Namespace, found: Settings, library: Library) -> bool:
    """Do what the options ask for; how far it is goes to stderr.  Raises `BackendError`, `StoreError`."""
    if options.remove:
        await library.remove(WORDS)
        write(sys.stdout, f"{say('words.removed')}\n")
        return True
    shown = -1
    async with aclosing(library.fetch(WORDS)) as counts:
        async for count in counts:
            percent = 100 * count // WORDS.size
            if percent > shown:
                write(sys.stderr, f"{WORDS.name}: {percent} %\n", dim=True)
                shown = percent
    reader = next(profile for profile in found.profiles if profile.id == READER.id)
    write(sys.stdout, f"{say('words.here' if reader.in_words else 'words.switched_off')}\n")
    return True
