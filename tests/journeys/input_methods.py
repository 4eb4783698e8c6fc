"""Chinese keyboards: the real ibus and fcitx5 with their pinyin engines, for the programs started afterwards.

Each sets the environment that a desktop session sets for it.  The Qt of the PyPI wheels brings
ibus's plugin but not fcitx's, and Qt 6 has no XIM: under `QT_IM_MODULE=fcitx` alone no Chinese
arrives, without a word.  fcitx5 answers under ibus's name too, so a program that also allows that
(`QT_IM_MODULES=fcitx;ibus`, see `THROUGH_IBUS`) is written to in Chinese.
"""

import contextlib
import subprocess

from tests.journeys.world import World, until

THROUGH_IBUS = {"QT_IM_MODULES": "fcitx;ibus"}

_PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""


def start_ibus(world: World) -> None:
    """Start ibus with libpinyin as the input method of everything; programs must be started after it."""
    # Settings in memory, no panel: what is typed does not depend on the candidates being drawn.
    world.spawn(
        [
            "ibus-daemon",
            *("--panel=disable", "--emoji-extension=disable", "--config=/usr/libexec/ibus-memconf"),
            # Its own choice lies in the home, whose name may be too long for a socket.
            f"--address=unix:tmpdir={world.env['XDG_RUNTIME_DIR']}",
        ]
    )
    world.env["QT_IM_MODULE"] = "ibus"
    until(lambda: _engine_chosen(world), "ibus with libpinyin")


def start_fcitx5(world: World) -> None:
    """Start fcitx5 with pinyin as the input method of everything; programs must be started after it."""
    profile = world.home / ".config/fcitx5/profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(_PROFILE)
    world.spawn(["fcitx5", "--disable=wayland,waylandim,xim,notificationitem,notifications"])
    world.env |= {"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx"}
    # It answers before it can write Chinese, and names its engine only once a field has the focus.
    log = world.folder / "fcitx5.err"
    until(lambda: "Loaded addon pinyin\n" in log.read_text(), "fcitx5 with pinyin", then=log.read_text)


def _engine_chosen(world: World) -> bool:
    """Choose the engine and say whether it is chosen; not while the daemon is still starting."""
    for command in (("ibus", "engine", "libpinyin"), ("ibus", "engine")):
        # The first one fails even when it works: it cannot set a keyboard layout here.
        with contextlib.suppress(subprocess.CalledProcessError):
            if world.run(*command) == "libpinyin":
                return True
    return False
