"""The screen by grim, which takes pictures under Sway, Hyprland and other desktops built on wlroots."""

import shutil
import subprocess

from app.errors import NotAllowed
from app.model.screens import Shot
from capture.still import decode

PATIENCE = 10.0  # seconds
_LONGEST = 200  # characters of a complaint


def find() -> str | None:
    """Return the path of grim, None where it is not installed."""
    return shutil.which("grim")


def take(program: str, *, pointer: bool) -> Shot:
    """Return the whole desktop; raises `CaptureError` where the desktop is of another kind."""
    # PPM: twice as fast as PNG, and it never touches the disk.
    command = [program, "-t", "ppm", *(("-c",) if pointer else ()), "-"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAllowed("capture.grim_silent") from error
    if done.returncode != 0:
        why = " ".join(done.stderr.decode(errors="replace").split())[:_LONGEST]
        raise NotAllowed("capture.grim_failed", why=why)
    return decode(done.stdout)
