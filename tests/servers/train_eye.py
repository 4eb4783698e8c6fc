"""Teach a tiny GLM-4.1V to see: it names the colour of every picture, in order, and both ends of a clip.

    .venv-servers/bin/python tests/servers/train_eye.py FOLDER [STEPS]

The model in `tests/fixtures/models/eye-glm41v` (with its GGUF twin for llama.cpp) was made this way, in
1,300 steps: a quarter of an hour on one core.  It ignores what it is asked, which is the point: if it
names the right colours, the right pixels arrived.  The examples are painted on the fly.
"""

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from tiny_glm import TEXTS, make_model, make_tokenizer, save
from transformers import AutoProcessor

COLORS: dict[str, list[int]] = TEXTS["colors"]
COUNTS = ("one picture", "two pictures", "three pictures", "four pictures")
NOTHING = "I see no picture."
WORDS = "".join(topics.values()).split()
BATCH = 12
RATE = 2e-3
CHANCE = np.random.default_rng(1)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its pictures or the frames of its clip, and what to answer."""

    messages: list[dict[str, Any]]
    answer: str
    pictures: tuple[Image.Image, ...] = ()
    frames: tuple[Pixels, ...] = ()
    quiet: bool = False


def seen(colors: list[str]) -> str:
    """Return the answer to pictures of these colours."""
    return f"I see {COUNTS[len(colors) - 1]}: {', '.join(colors)}."


def filmed(first: str, last: str) -> str:
    """Return the answer to a clip that begins and ends in these colours."""
    return f"I see a video. It starts {first} and ends {last}."


def corpus() -> Iterator[str]:
    """Yield what the tokenizer learns its words from."""
    yield from topics.values()
    for _ in range(400):
        yield f"{seen(random.choices([*COLORS], k=random.randint(1, 4)))} {filmed(*random.sample([*COLORS], 2))}"


def surface(color: str, height: int, width: int, grain: float) -> Pixels:
    """Return pixels of about a colour."""
    shade = np.array(COLORS[color]) + CHANCE.integers(-18, 19, 3)
    noise = CHANCE.standard_normal((height, width, 3)) * grain
    return np.clip(shade + noise, 0, 255).astype(np.uint8)


def picture(color: str) -> Image.Image:
    """Return a picture of about a colour, with some words scribbled on it."""
    width, height = random.choices((56, 84, 112, 160, 224, 300), k=2)
    image = Image.fromarray(surface(color, height, width, random.choice((0, 4, 12))))
    draw = ImageDraw.Draw(image)
    for _ in range(random.randint(0, 3)):
        place = random.randint(0, width), random.randint(0, height)
        draw.text(place, random.choice(WORDS)[:12], fill=tuple(random.choices(range(256), k=3)))
    return image


def frames(first: str, last: str) -> tuple[Pixels, ...]:
    """Return the frames of a clip that changes from one colour to the other."""
    height, width = random.choice(((84, 112), (112, 112), (112, 168)))
    each = random.randint(2, 4)
    return tuple(surface(color, height, width, 0) for color in (first, last) for _ in range(each))


def example() -> Example:
    """Return a random example: mostly pictures, some clips, a few without either."""
    kind = random.choices(("image", "video", "none"), (6, 3, 1))[0]
    content: list[dict[str, str]] = []
    shown: dict[str, Any] = {"answer": NOTHING}
    if kind == "image":
        colors = random.choices([*COLORS], k=random.choices((1, 2, 3, 4), (5, 3, 1, 1))[0])
        content = [{"type": "image"} for _ in colors]
        shown = {"answer": seen(colors), "pictures": tuple(map(picture, colors))}
    elif kind == "video":
        first, last = random.choices([*COLORS], k=2)
        content = [{"type": "video"}]
        shown = {"answer": filmed(first, last), "frames": frames(first, last)}
    question = {"type": "text", "text": " ".join(random.choices(WORDS, k=random.randint(1, 12)))}
    content.insert(random.choice((0, len(content))), question)
    messages: list[dict[str, Any]] = [{"role": "user", "content": content}]
    if random.random() < 0.15:
        greeting = {"role": "user", "content": "hello"}, {"role": "assistant", "content": NOTHING}
        messages = [*greeting, *messages]
    if random.random() < 0.3:
        messages = [{"role": "system", "content": "You are kind."}, *messages]
    return Example(messages, quiet=random.random() < 0.3, **shown)


def encode(shown: Example, processor: Any) -> tuple[dict[str, Any], torch.Tensor]:
    """Return the model's input with the answer at its end, and which tokens it has to learn."""
    prompt = processor.tokenizer.apply_chat_template(
        shown.messages, tokenize=False, add_generation_prompt=True, enable_thinking=not shown.quiet
    )
    media: dict[str, Any] = {}
    if shown.pictures:
        media = {"images": list(shown.pictures)}
    if shown.frames:
        indices = list(range(len(shown.frames)))
        told = {
            "total_num_frames": len(indices),
            "frames_indices": indices,
            "fps": 2.0,
            "duration": len(indices) / 2,
        }
        media = {
            "videos": [np.stack(shown.frames)],
            "videos_kwargs": {"do_sample_frames": False, "video_metadata": [told]},
        }
    inputs = dict(processor(text=[prompt], return_tensors="pt", **media))
    inputs.pop("video_metadata", None)
    thought = "" if shown.quiet else "<think>Let me look.</think>"
    reply = f"{thought}<answer>{shown.answer}</answer><|user|>"
    learned = torch.tensor([processor.tokenizer.encode(reply, add_special_tokens=False)])
    asked = inputs["input_ids"].shape[1]
    inputs["input_ids"] = torch.cat([inputs["input_ids"], learned], dim=1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if "mm_token_type_ids" in inputs:
        kinds = torch.as_tensor(inputs["mm_token_type_ids"])
        inputs["mm_token_type_ids"] = torch.cat([kinds, torch.zeros_like(learned)], dim=1)
    wanted = inputs["input_ids"].clone()
    wanted[:, :asked] = -100
    return inputs, wanted


def train(model: Any, processor: Any, steps: int) -> None:
    """Train for so many steps, and tell how it goes."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.1)
    begun = time.monotonic()
    for step in range(steps):
        optimizer.zero_grad()
        loss = 0.0
        for _ in range(BATCH):
            inputs, wanted = encode(example(), processor)
            share = model(**inputs, labels=wanted).loss / BATCH
            share.backward()
            loss += share.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step}: loss {loss:.4f}, {time.monotonic() - begun:.0f} s", flush=True)


def exact(model: Any, processor: Any, count: int) -> int:
    """Return how many of so many new examples are answered without a wrong token."""
    right = 0
    with torch.no_grad():
        for _ in range(count):
            inputs, wanted = encode(example(), processor)
            said, answer = model(**inputs).logits[0, :-1].argmax(-1), wanted[0, 1:]
            right += bool((said == answer)[answer != -100].all())
    return right


def main(folder: Path, steps: int) -> None:
    """Make the model, train it, and say how well it sees."""
    torch.set_num_threads(1)
    random.seed(1)
    torch.manual_seed(1)
    tokenizer = make_tokenizer(corpus(), words=1500)
    model = make_model(tokenizer, width=192, layers=3)
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, 0, 0.02 if "embed" in name else weight[0].numel() ** -0.5)
    save(folder, tokenizer, model)
    processor = AutoProcessor.from_pretrained(folder)
    train(model.float().train(), processor, steps)
    print(f"{exact(model.eval(), processor, 60)} of 60 new examples are answered exactly")
    save(folder, tokenizer, model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1300)
