"""What transformers' own processors make of pictures and clips, in tokens: run by the Python that has them.

    .venv-servers/bin/python tests/servers/processors.py < cases.json

A case is ``{"sight", "width", "height"}``, a clip has ``total`` and ``rate`` besides; for each comes ``tokens`` and, of a
clip, ``frames``.  Nothing is drawn: the processors are asked how many patches they would make.
"""

import json
import re
import sys
from types import SimpleNamespace
from typing import Any

from transformers import (
    Glm4vImageProcessor,
    Glm4vProcessor,
    Glm4vVideoProcessor,
    Glm5NextImageProcessor,
    Glm5NextProcessor,
    Glm5NextVideoProcessor,
    Glm46VImageProcessor,
    Glm46VProcessor,
    Glm46VVideoProcessor,
)
from transformers.video_utils import VideoMetadata

# As the published checkpoints set it; the classes allow more.
PUBLISHED = {"shortest_edge": 12_544, "longest_edge": 9_633_792}
PROCESSORS = {
    "glm-4v": (Glm4vImageProcessor(size=PUBLISHED), Glm4vVideoProcessor(), Glm4vProcessor),
    "glm-4.6v": (Glm46VImageProcessor(size=PUBLISHED), Glm46VVideoProcessor(), Glm46VProcessor),
    "glm-5": (Glm5NextImageProcessor(), Glm5NextVideoProcessor(), Glm5NextProcessor),
}
MERGED = 4  # patches of one token
IMAGE = "<|image|>"
MARKS = 2
# How GLM's tokenizer cuts what stands between frames: special tokens, three digits at most, words with their blank.
TOKENS = re.compile(r"<\|\w+\|>|\d{1,3}| ?[a-z]+|[^\w\s]")


def picture(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a picture costs, with the marks around it."""
    processor = PROCESSORS[case["sight"]][0]
    patches = processor.get_number_of_image_patches(case["height"], case["width"], {})
    return {"tokens": patches // MERGED + MARKS}


def clip(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a clip costs, with the marks and times between its frames, and which frames are looked at."""
    _, processor, writer = PROCESSORS[case["sight"]]
    total, rate = case["total"], case["rate"]
    metadata = VideoMetadata(total_num_frames=total, fps=rate, duration=total / rate)
    frames = processor.sample_frames(metadata)
    patches = processor.get_num_of_video_patches(len(frames), case["height"], case["width"])
    metadata.frames_indices = frames
    each = patches // MERGED // (len(frames) // 2)
    names = SimpleNamespace(image_token=IMAGE)
    told = "".join(writer.replace_frame_token_id(names, time, each) for time in metadata.timestamps[::2])
    return {"tokens": len(TOKENS.findall(told)) + MARKS, "frames": frames.tolist()}


if __name__ == "__main__":
    json.dump([clip(case) if "total" in case else picture(case) for case in json.load(sys.stdin)], sys.stdout)
