"""A stand-in for SGLang's compiled kernels, which nobody publishes for processors.

Where the processor has no matrix unit SGLang's layers take their PyTorch paths, and only import names from
here.  Every name exists, in every module below; calling one raises, so no result is ever made up.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

__path__: list[str] = []

ABSENT = "sgl_kernel.scalar_type"  # SGLang has its own where this one is missing


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_: object, **__: object) -> None:
        raise NotImplementedError(f"sgl_kernel.{name} is compiled, and not here")

    missing.__name__ = name
    return missing


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module below this one; each is like this one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("sgl_kernel."):
            return None
        if fullname == ABSENT:
            raise ImportError(f"{fullname} is not here", name=fullname)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__getattr__"] = __getattr__


sys.meta_path.append(_Finder())
