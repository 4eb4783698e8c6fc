"""The walls of the house, where import-linter (make check) cannot see them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "ui", "capture", "backends")

# The composition roots: what loads after the first paint, or in a process of its own, they import by name.
LATE = {
    "app/__main__.py",
    "app/main.py",
    "app/house.py",
    "app/cli.py",
    "app/doctor.py",
    "app/worker.py",
    "app/voices.py",
    "app/keys.py",
    "ui/journeys/capturing.py",
    # Which platform's module is wanted is known at run time only; its libraries are on that platform alone.
    "capture/focus.py",
    "capture/hotkeys/door.py",
    "capture/permission.py",
    "capture/screen.py",
    "capture/stacking.py",
}

# Each foreign library has one home.
HOMES = {
    "PySide6": ("ui/", "app/main.py", "app/house.py"),
    "qasync": ("app/main.py",),
    "openai": ("backends/",),
    "httpx2": ("backends/",),
    "mss": ("capture/",),
    "cv2": ("capture/",),
    "pymupdf": ("capture/",),
    "pptx": ("capture/",),
    "rapidocr": ("capture/",),
    "onnxruntime": ("capture/",),
    "dbus_fast": ("capture/",),
    "xcffib": ("capture/",),
    "PIL": ("capture/",),
    "sqlite3": ("app/",),
    "keyring": ("app/keys.py",),
    "markdown_it": ("ui/",),
    "pygments": ("ui/",),
}


def sources() -> list[Path]:
    return sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module


@pytest.mark.parametrize("file", sources(), ids=name)
def test_a_foreign_library_is_imported_only_at_home(file: Path) -> None:
    strangers = [
        module
        for _, module in imports(ast.parse(file.read_text("utf-8")))
        if (home := HOMES.get(module.split(".")[0])) and not name(file).startswith(home)
    ]
    assert strangers == []


@pytest.mark.parametrize("file", sources(), ids=name)
def test_nothing_is_imported_inside_a_function_or_for_type_checkers_only(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    inside = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
    assert "TYPE_CHECKING" not in file.read_text("utf-8")


@pytest.mark.parametrize("file", sources(), ids=name)
def test_only_composition_roots_import_by_name(file: Path) -> None:
    if name(file) not in LATE:
        assert "import_module" not in file.read_text("utf-8")


def loaded_by(statement: str) -> set[str]:
    """Return the modules in a fresh interpreter after it has run `statement`."""
    code = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return {line.split(".")[0] for line in done.stdout.split()}


HEAVY = {
    "numpy",
    "cv2",
    "pymupdf",
    "openai",
    "httpx2",
    "rapidocr",
    "onnxruntime",
    "PIL",
    "pptx",
    "mss",
    "keyring",
}


def test_the_window_needs_nothing_heavy_before_it_is_painted() -> None:
    assert loaded_by("import app.main") & HEAVY == set()


def test_the_shell_never_loads_qt() -> None:
    assert "PySide6" not in loaded_by("import app.cli, app.doctor")


def test_the_senses_load_without_the_libraries_of_linux() -> None:
    """What a picture of the screen and a hotkey need on Windows and macOS, as the window imports it."""
    modules = ("focus", "stacking", "canvas", "encode", "screen", "native_screen", "permission", "shot")
    hotkeys = ("hotkeys.door", "hotkeys.windows", "hotkeys.mac")
    lacking = "import sys; sys.modules.update(dict.fromkeys(('xcffib', 'dbus_fast')))"
    loaded_by(f"{lacking}; import {', '.join(f'capture.{module}' for module in (*modules, *hotkeys))}")


def test_the_rooms_do_not_know_each_other() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout
