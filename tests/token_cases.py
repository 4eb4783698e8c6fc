"""Pictures and clips of random sizes, what the real processors make of them, and what we say of them.

    .venv/bin/python -m tests.token_cases

asks the processors (`build/setup-servers` installs them) and keeps a small sample in `fixtures/tokens.json`.
"""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

from app.model.attachments import Blob, Clip
from app.model.limits import Sight
from app.sight import clip_frames, clip_tokens, picture_tokens

Case = dict[str, Any]

TESTS = Path(__file__).parent
PYTHON = TESTS.parent / ".venv-servers" / "bin" / "python"
KEPT = TESTS / "fixtures" / "tokens.json"
PICTURES, CLIPS = 1_000, 100  # of each way of looking
FEW = 20, 10
EDGES = (8, 9), (25, 8), (10, 175)  # where growing a sliver to a patch is rounded down, and that shows
SLIVERS = 0.3  # of the pictures: narrower than a patch, where every rounding shows
SIGHTS = (Sight.GLM_4V, Sight.GLM_46V, Sight.GLM_5)
PATIENCE = 1_200  # seconds: a busy machine is slow, not broken
_RATES = (5, 10, 12.5, 15, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60)


def cases(pictures: int = PICTURES, clips: int = CLIPS, seed: int = 1) -> list[Case]:
    """Return so many pictures, the edges besides, and so many clips for each way of looking, always the same."""
    chance = random.Random(seed)
    return [
        *(
            {"sight": sight.value, "width": width, "height": height}
            for sight in SIGHTS
            for width, height in EDGES
        ),
        *({"sight": sight.value, **_size(chance)} for sight in SIGHTS for _ in range(pictures)),
        *({"sight": sight.value, **_film(chance)} for sight in SIGHTS for _ in range(clips)),
    ]


def _size(chance: random.Random) -> Case:
    narrow = chance.random() < SLIVERS
    while True:
        width, height = (round(10 ** chance.uniform(0.5, 4)) for _ in range(2))
        width = chance.randint(1, 27) if narrow else width
        if max(width, height) <= 180 * min(width, height):  # the processors refuse slivers
            return {"width": width, "height": height}


def _film(chance: random.Random) -> Case:
    rate = chance.choice([*_RATES, chance.uniform(1, 120)])
    seconds = 10 ** chance.uniform(0, 3.7)
    size = {"width": chance.randint(32, 4096), "height": chance.randint(32, 2304)}
    return {**size, "total": max(2, round(seconds * rate)), "rate": rate}


def ours(case: Case) -> Case:
    """Return what we say of a case, in the words of the processors."""
    sight, width, height = Sight(case["sight"]), case["width"], case["height"]
    if "total" not in case:
        return {"tokens": picture_tokens(width, height, sight)}
    clip = Clip(Blob("c" * 64, 1, "video/mp4"), width, height, case["total"] / case["rate"], case["rate"])
    return {"tokens": clip_tokens(clip, sight), "frames": list(clip_frames(clip, sight))}


def theirs(asked: list[Case]) -> list[Case]:
    """Return what the real processors say of the same; raises `FileNotFoundError` where they are not installed."""
    done = subprocess.run(
        ["nice", str(PYTHON), str(TESTS / "servers" / "processors.py")],
        input=json.dumps(asked),
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    answers: list[Case] = json.loads(done.stdout)
    return answers


def main() -> None:
    """Keep a sample, with what the processors say of it."""
    asked = cases(*FEW, seed=2)
    kept = [{"case": case, "says": says} for case, says in zip(asked, theirs(asked), strict=True)]
    KEPT.write_text("[\n" + ",\n".join(map(json.dumps, kept)) + "\n]\n")


if __name__ == "__main__":
    main()
