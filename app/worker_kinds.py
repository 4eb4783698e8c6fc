"""Which kinds of workers there are, and what each may use.

Apart from what starts them, because a worker reads it too: it is to be up at once, without a loop or a pool.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of worker: the module whose `serve` it runs, and what it may use.

    `patience` is how long it may stay silent, in seconds; `memory` its address space in bytes;
    `processor` its CPU time in seconds; `body` the most bytes it may send beside a head; `sockets`
    says that it cannot do without local ones.  One that `serves` stays until it is ended, at the latest with this
    process, and may be called by TCP; what it says on stderr is logged.  One that `hears` can be spoken to while it
    works; one that is `ours` touches nothing a stranger made: it sees the desktop and is not sandboxed.
    """

    module: str
    patience: float | None = 30
    memory: int = 2 * 2**30
    processor: int = 120
    body: int = 0
    sockets: bool = False
    serves: bool = False
    hears: bool = False
    ours: bool = False


# Bytes: more than the worst noise of any size we make takes as a picture.
_PICTURE = 32 * 2**20
_DECK = 500 * 2**20  # bytes of a deck as PDF
_FILM = 48 * 10**6  # bytes of a film that is made for a model
_UNBOUNDED = 2**46  # bytes or seconds: more than any machine has

KINDS = {
    "image": Kind("capture.documents.image", patience=20, body=_PICTURE),
    "pdf": Kind("capture.documents.pdf", patience=20, processor=600, body=_PICTURE),
    "slides": Kind("capture.documents.slides"),
    "office": Kind(
        "capture.documents.office",
        patience=180,
        memory=6 * 2**30,
        processor=300,
        body=_DECK,
        sockets=True,
    ),
    "video": Kind("capture.frames", patience=60, memory=3 * 2**30, processor=1800, body=_FILM),
    "key_frames": Kind("capture.key_frames", patience=60, memory=3 * 2**30, processor=1800),
    "player": Kind(
        "capture.player", patience=None, memory=3 * 2**30, processor=1800, body=_PICTURE, hears=True
    ),
    "codes": Kind("capture.codes_worker", patience=20, processor=60),
    "ocr": Kind("capture.ocr_worker", patience=120, memory=4 * 2**30, processor=3600),
    "model": Kind(
        "backends.llama_worker", patience=None, memory=_UNBOUNDED, processor=_UNBOUNDED, serves=True
    ),
    "recorder": Kind(
        "capture.recording.recorder_worker",
        memory=6 * 2**30,
        processor=_UNBOUNDED,
        hears=True,
        ours=True,
    ),
    "finisher": Kind("capture.recording.finisher", patience=600, processor=_UNBOUNDED, ours=True),
    "sandbox": Kind("app.sandbox"),
}
