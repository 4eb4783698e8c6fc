"""The walls of the house, where import-linter (make check) cannot see them."""

import ast
import os
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
    "ui/journeys/aside.py",
    "ui/journeys/keeping.py",
    # Which platform's module is wanted is known at run time only; its libraries are on that platform alone.
    "capture/focus.py",
    "capture/hotkeys/door.py",
    "capture/permission.py",
    "capture/recording/eyes.py",
    "capture/screen.py",
    "capture/stacking.py",
}

# Each foreign library has one home.
HOMES = {
    "PySide6": ("ui/", "app/main.py", "app/house.py"),
    "qasync": ("app/house.py",),
    "openai": ("backends/",),
    "httpx2": ("backends/",),
    "xllamacpp": ("backends/llama_worker.py",),
    "mss": ("capture/",),
    "cv2": ("capture/",),
    "av": ("capture/",),
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


def loaded_by(statement: str, **environment: str) -> set[str]:
    """Return the modules, and the packages they are in, in a fresh interpreter after it has run `statement`."""
    code = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | environment,
    )
    modules = done.stdout.split()
    return {*modules, *(module.split(".")[0] for module in modules)}


HEAVY = {
    "numpy",
    "cv2",
    "av",
    "pymupdf",
    "openai",
    "httpx2",
    "rapidocr",
    "onnxruntime",
    "PIL",
    "pptx",
    "mss",
    "keyring",
    # What the house needs, and the first paint does not.
    "asyncio",
    "concurrent.futures",
    "hashlib",
    "html",
    "qasync",
    "sqlite3",
    "ssl",
    "app.house",
    "app.model.messages",
    "app.model.screens",
    "datetime",
    "ui.capture_menu",
    "ui.chip",
    "ui.history_list",
    "ui.page_picker",
    "ui.thread_view",
}
# What costs most to be made for Python: QStyle and its options, and QAccessible, have hundreds of enumerators.
LATE_CLASSES = {
    "QStyle",
    "QStyleOptionViewItem",
    "QFileDialog",
    "QAccessible",
    "QAbstractItemView",
    "QBuffer",
    "QFormLayout",
    "QStyledItemDelegate",
}


def test_the_window_needs_nothing_heavy_before_it_is_painted() -> None:
    assert loaded_by("import app.main") & HEAVY == set()


def test_no_class_of_qt_is_made_before_its_time() -> None:
    """A class is made when it is first named, be it by `from … import`, an annotation, or a call that returns one."""
    statement = """if True:
        import gc
        from app.main import _application, _window
        from app.settings import Settings
        app = _application(Settings())
        window = _window(Settings())
        made = {each.__name__ for each in gc.get_objects() if isinstance(each, type)}
        print(*made)"""
    assert loaded_by(statement, QT_QPA_PLATFORM="offscreen") & LATE_CLASSES == set()


def test_the_shell_never_loads_qt_nor_the_history() -> None:
    assert (
        loaded_by("import app.cli, app.doctor, app.batch, app.chatting") & {"PySide6", "app.store", "sqlite3"}
        == set()
    )


def test_the_shell_loads_what_one_command_needs_only() -> None:
    assert loaded_by("import app.cli") & {"app.batch", "app.chatting", "readline", "openai"} == set()


def test_the_senses_load_without_the_libraries_of_linux() -> None:
    """What a picture of the screen and a hotkey need on Windows and macOS, as the window imports it."""
    modules = ("focus", "stacking", "canvas", "encode", "screen", "native_screen", "permission", "shot")
    recordings = (
        "recording.recorder",
        "recording.recorder_worker",
        "recording.finisher",
        "recording.native_eye",
    )
    hotkeys = ("hotkeys.door", "hotkeys.windows", "hotkeys.mac")
    lacking = "import sys; sys.modules.update(dict.fromkeys(('xcffib', 'dbus_fast')))"
    loaded_by(
        f"{lacking}; import {', '.join(f'capture.{module}' for module in (*modules, *recordings, *hotkeys))}"
    )


def test_the_rooms_do_not_know_each_other() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout
