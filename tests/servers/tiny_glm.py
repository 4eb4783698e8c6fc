"""Build a tiny GLM-4.1V or GLM-4.5V that says a fixed script, so that tests of real servers can expect exact text.

    .venv-servers/bin/python tests/servers/tiny_glm.py FOLDER [glm4v | glm4v_moe]

The architecture, the special tokens and the sizes of pictures and clips are GLM's own, so a server runs
its usual code and counts the usual tokens.  The weights are not: the layers run but hardly move
anything, and the head gives each word of the script one overwhelmingly likely successor.  The reply is
therefore the same for every question, greedy or sampled, with one exception: asked for something
"without end" the model counts to ten, again and again, until it is stopped or cut.
"""

import json
import sys
from collections.abc import Iterable
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    Glm4vConfig,
    Glm4vForConditionalGeneration,
    Glm4vMoeConfig,
    Glm4vMoeForConditionalGeneration,
    PreTrainedTokenizerFast,
)

HERE = Path(__file__).parent
TEMPLATE = HERE / "glm.jinja"
TEXTS = json.loads((HERE / "texts.json").read_text())
CONTEXT = 8192

END = "<|endoftext|>"
# Left out of decoded text, in GLM's order.
HIDDEN = (
    *(END, "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>"),
    *("<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"),
    *("<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>"),
    *("<|begin_of_audio|>", "<|end_of_audio|>", "<|image|>", "<|video|>"),
)
# Left in, so that the server or the client has to deal with them.
SHOWN = (
    *("<think>", "</think>", "<answer>", "</answer>", "/nothink"),
    *("<tool_call>", "</tool_call>", "<|begin_of_box|>", "<|end_of_box|>"),
)
ARCHITECTURES = {
    "glm4v": (Glm4vConfig, Glm4vForConditionalGeneration),
    "glm4v_moe": (Glm4vMoeConfig, Glm4vMoeForConditionalGeneration),
}
STOPS = (END, "<|user|>", "<|observation|>")


def make_tokenizer(corpus: Iterable[str], words: int) -> PreTrainedTokenizerFast:
    """Return a byte-level tokenizer of at most `words` words learned from `corpus`, and GLM's tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        corpus, trainers.BpeTrainer(vocab_size=words, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer.add_special_tokens([AddedToken(word, special=True, normalized=False) for word in HIDDEN])
    tokenizer.add_tokens([AddedToken(word, special=False, normalized=False) for word in SHOWN])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=END,
        additional_special_tokens=list(HIDDEN),
        model_max_length=CONTEXT,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def make_model(
    tokenizer: PreTrainedTokenizerFast, *, width: int, layers: int, architecture: str = "glm4v"
) -> Any:
    """Return a model with random weights: `layers` of `width` numbers for text, two for pictures."""
    head = 64
    ids = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": (len(tokenizer) + 63) // 64 * 64,
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": width // head,
        "num_key_value_heads": 1,
        "head_dim": head,
        "max_position_embeddings": CONTEXT,
        "attention_bias": True,
        "pad_token_id": ids(END),
        "eos_token_id": [ids(stop) for stop in STOPS],
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "partial_rotary_factor": 0.5,
            "mrope_section": [4, 6, 6],
        },
    }
    vision = {
        "depth": 2,
        "hidden_size": 128,
        "num_heads": 2,
        "intermediate_size": 256,
        "out_hidden_size": width,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    }
    configures, generates = ARCHITECTURES[architecture]
    if architecture == "glm4v_moe":
        text |= experts(width)
    config = configures(
        text_config=text,
        vision_config=vision,
        tie_word_embeddings=False,
        image_token_id=ids("<|image|>"),
        image_start_token_id=ids("<|begin_of_image|>"),
        image_end_token_id=ids("<|end_of_image|>"),
        video_token_id=ids("<|video|>"),
        video_start_token_id=ids("<|begin_of_video|>"),
        video_end_token_id=ids("<|end_of_video|>"),
    )
    model = generates(config).float().eval()
    model.generation_config = GenerationConfig(
        do_sample=False, eos_token_id=text["eos_token_id"], pad_token_id=text["pad_token_id"]
    )
    return model


def experts(width: int) -> dict[str, Any]:
    """Return what a mixture of experts adds: four of them after one layer without."""
    return {
        "moe_intermediate_size": width,
        "num_experts_per_tok": 2,
        "n_shared_experts": 1,
        "n_routed_experts": 4,
        "n_group": 1,
        "topk_group": 1,
        "first_k_dense_replace": 1,
        "norm_topk_prob": True,
        "routed_scaling_factor": 1.0,
        "use_qk_norm": False,  # vLLM asks for it, transformers does not know it
    }


def save(folder: Path, tokenizer: PreTrainedTokenizerFast, model: Any) -> None:
    """Write everything a server needs to `folder`, in the shape of a published checkpoint."""
    tokenizer.save_pretrained(folder)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE.read_text())
    settings = folder / "tokenizer_config.json"
    _write(settings, json.loads(settings.read_text()) | {"processor_class": "Glm4vProcessor"})
    least = 112 * 112
    pictures = {"shortest_edge": least, "longest_edge": 28 * 28 * 15_000}
    clips = {"shortest_edge": least, "longest_edge": 28 * 28 * 2 * 30_000}
    common = {
        "processor_class": "Glm4vProcessor",
        "patch_size": 14,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    _write(
        folder / "preprocessor_config.json",
        common | {"image_processor_type": "Glm4vImageProcessor", "size": pictures},
    )
    _write(
        folder / "video_preprocessor_config.json",
        common
        | {"video_processor_type": "Glm4vVideoProcessor", "size": clips}
        | {"fps": 2, "num_frames": 16, "max_duration": 300, "do_sample_frames": True},
    )


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")


def teach_script(model: Any, tokenizer: PreTrainedTokenizerFast) -> None:
    """Replace the random weights so that the model says the script whatever it is asked."""

    def tokens(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False))

    thought, answer = f"<think>{TEXTS['thought']}</think>", f"<answer>{TEXTS['answer']}</answer>"
    once, again = tokens(f"<|assistant|>{thought}{answer}<|user|>"), tokens(TEXTS["endless"])
    # A word has one successor.
    if len({*once, *again}) < len(once) + len(again):
        raise ValueError("a word of the script stands twice")
    mask = tokens("[MASK]")
    follows = [*pairwise(once), *pairwise(mask + list(islice(cycle(again), len(again) + 1)))]
    # A turn that goes on may end with the line under its thinking, where the answer begins.
    follows += pairwise(tokens("\n<answer>"))
    words, head = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    with torch.no_grad():
        words.copy_(torch.nn.functional.normalize(torch.randn_like(words), dim=-1))
        head.zero_()
        for word, successor in follows:
            head[successor] += 4 * words[word]
        for name, weight in model.named_parameters():
            if name.endswith(("post_self_attn_layernorm.weight", "post_mlp_layernorm.weight")):
                weight.fill_(0.001)
            elif "language_model" in name and name.endswith(
                ("o_proj.weight", "down_proj", "down_proj.weight")
            ):
                weight.mul_(0.001)


def main(folder: Path, architecture: str) -> None:
    """Build the model that says the script."""
    torch.manual_seed(0)
    tokenizer = make_tokenizer([TEXTS["thought"], TEXTS["answer"], TEXTS["endless"]], words=1000)
    model = make_model(tokenizer, width=256, layers=2, architecture=architecture)
    teach_script(model, tokenizer)
    save(folder, tokenizer, model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(sys.argv[2:] or ["glm4v"]))
