"""What works on this machine, and what to install: `glimpse doctor`.

Each look is independent and says one thing.  A needed one that fails means that the main job (see, ask, read)
cannot run; the others say what would be better.
"""

import asyncio
import ctypes
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from app import __version__, paths, sandbox
from app.errors import DocumentError, NoReader, Unreadable
from app.i18n import say
from app.model.checkups import Finding
from app.model.sentences import Sentence, sentence
from app.servers import described
from app.settings import Settings
from app.workers import Workers

OK, FAILED = 0, 1
ENOUGH_DISK = 500 * 2**20  # bytes: a long document and its pages

# What Qt loads for a window under X11, and the Debian package that brings it.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


async def examine(settings: Settings, out: TextIO) -> int:
    """Write what was found, a line each, and return the exit code: 0 when the main job can run."""
    workers = Workers()
    try:
        findings = [
            Finding(True, sentence("doctor.version", glimpse=__version__, python=sys.version.split()[0])),
            *_window(),
            *await workers.thread(_permissions),
            _folder(paths.find().data),
            _reader(),
            _office(),
            _chinese(),
            await _keyring(workers),
            *await _sandbox(workers),
            Finding(True, sentence("doctor.profiles", n=len(settings.profiles))),
            *await _servers(workers),
        ]
    finally:
        workers.close()
    for finding in findings:
        mark = "ok" if finding.works else "missing" if finding.needed else "note"
        out.write(f"{say(f'doctor.{mark}'):<8} {say(finding.sentence)}\n")
    broken = any(finding.needed and not finding.works for finding in findings)
    out.write("\n" + say("doctor.cannot_run" if broken else "doctor.can_run") + "\n")
    return FAILED if broken else OK


def _permissions() -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = import_module("capture.permission").permissions()
    return found


def _window() -> Iterator[Finding]:
    """Say whether Qt would start, without starting it."""
    if find_spec("PySide6") is None:
        yield Finding(False, sentence("doctor.no_qt"), needed=True)
        return
    lacking = [package for library, package in QT_LIBRARIES.items() if not _loads(library)]
    if sys.platform != "linux" or not lacking:
        yield Finding(True, sentence("doctor.qt"), needed=True)
    else:
        command = "apt-get install " + " ".join(lacking)
        yield Finding(False, sentence("doctor.qt_libraries", command=command), needed=True)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _folder(folder: Path) -> Finding:
    """Say whether conversations can be kept; the folder is looked at, never made or written to."""
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        _check_room(there)
        free = shutil.disk_usage(there).free
    except OSError as error:
        why = error.strerror or str(error)
        return Finding(False, sentence("doctor.folder_unusable", folder=str(folder), why=why), needed=True)
    if free < ENOUGH_DISK:
        return Finding(
            False, sentence("doctor.disk_full", folder=str(folder), free=round(free / 2**20)), needed=True
        )
    return Finding(True, sentence("doctor.folder", folder=str(folder), free=round(free / 2**30)), needed=True)


def _check_room(folder: Path) -> None:
    """Raise `OSError` where nothing can be made in a folder, with the reason."""
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _reader() -> Finding:
    missing = [name for name in ("rapidocr", "onnxruntime", "cv2") if find_spec(name) is None]
    if missing:
        return Finding(False, sentence("doctor.no_reader", names=", ".join(missing)), needed=True)
    return Finding(True, sentence("doctor.reader"), needed=True)


def _office() -> Finding:
    try:
        import_module("capture.documents.office").find()
    except NoReader as error:
        return Finding(False, sentence("doctor.no_office", **dict(error.sentence.args)))
    return Finding(True, sentence("doctor.office"))


def _chinese() -> Finding:
    """Ask fontconfig for a font with Chinese; other systems bring one."""
    if sys.platform != "linux" or shutil.which("fc-list") is None:
        return Finding(True, sentence("doctor.fonts_unknown"))
    found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S607
    if found.stdout.strip():
        return Finding(True, sentence("doctor.fonts"))
    return Finding(False, sentence("doctor.no_fonts", command="apt-get install fonts-noto-cjk"))


async def _keyring(workers: Workers) -> Finding:
    where: Sentence = await workers.thread(lambda: import_module("app.keys").Keys().where())
    return Finding(where.key == "keys.in_keyring", where)


async def _servers(workers: Workers) -> tuple[Finding, ...]:
    """Name the servers that answer at the usual ports of this computer; there need be none."""
    nearby = await workers.thread(import_module, "backends.nearby")
    found = await asyncio.wrap_future(workers.network(nearby.find()))
    return tuple(Finding(True, sentence("doctor.server", server=described(server))) for server in found)


async def _sandbox(workers: Workers) -> tuple[Finding, ...]:
    """Say what a worker of this machine gives up, by starting one and asking it."""
    try:
        async with aclosing(workers.job("sandbox", {})) as frames:
            async for head, _ in frames:
                return sandbox.told(head.get("held", ()))
        raise Unreadable("worker.died")
    except DocumentError:
        return (Finding(False, sentence("worker.no_sandbox"), needed=True),)
