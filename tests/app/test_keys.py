import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from app import keys, log, paths, settings
from app.errors import StoreError
from app.keys import Keys, find_keyring, origin
from app.model.attachments import Draft
from app.model.profiles import Profile
from app.model.sentences import sentence
from app.store import Store

ROOT = Path(__file__).parents[2]
PROFILE = Profile("p", "P", "vllm", base_url="https://api.example/v1")


class Ring(KeyringBackend):
    """A keyring in memory that can be told to misbehave."""

    priority = 1

    def __init__(self, trouble: Callable[[], None] = lambda: None) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble = trouble

    def get_password(self, service: str, username: str) -> str | None:
        self.trouble()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.trouble()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.trouble()
        del self.kept[service, username]


def locked() -> None:
    raise KeyringLocked("sk-in-the-error")


def waiting(event: threading.Event) -> None:
    event.wait()


@pytest.fixture
def hanging() -> Iterator[Callable[[], None]]:
    released = threading.Event()
    yield partial(waiting, released)
    released.set()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://API.example/v1?x#y", "https://api.example:443"),
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://user:pw@api.example", "https://api.example:443"),
        (" https://api.example ", "https://api.example:443"),
        ("", ""),
        ("api.example", ""),
        ("file:///etc/passwd", ""),
        ("http://host:99999", ""),
        ("http://[broken", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin(url) == expected


def test_a_key_comes_back_from_the_keyring_in_the_next_run() -> None:
    ring = Ring()
    Keys(lambda: ring).set(PROFILE, "secret")
    assert ring.kept == {("glimpse", "p@https://api.example:443"): "secret"}
    assert Keys(lambda: ring).get(PROFILE) == "secret"


def test_a_key_goes_to_no_other_server_and_no_other_profile() -> None:
    kept = Keys(Ring)
    kept.set(PROFILE, "secret")
    assert kept.get(replace(PROFILE, base_url="https://api.example/other/path", model="m")) == "secret"
    for other in (
        replace(PROFILE, base_url="https://api.example.evil/v1"),
        replace(PROFILE, base_url="http://api.example/v1"),
        replace(PROFILE, base_url="https://api.example:8443/v1"),
        replace(PROFILE, base_url=""),
        replace(PROFILE, id="q"),
    ):
        assert kept.get(other) == ""


def test_a_key_without_an_address_is_not_taken() -> None:
    with pytest.raises(StoreError) as caught:
        Keys(Ring).set(replace(PROFILE, base_url=""), "secret")
    assert caught.value.sentence == sentence("keys.no_address")


def test_a_forgotten_key_is_gone_from_everywhere() -> None:
    ring = Ring()
    kept = Keys(lambda: ring)
    kept.forget(PROFILE)
    kept.set(PROFILE, "secret")
    kept.forget(PROFILE)
    assert (kept.get(PROFILE), ring.kept) == ("", {})
    kept.set(PROFILE, "secret")
    kept.set(PROFILE, "")
    assert (kept.get(PROFILE), ring.kept) == ("", {})


def test_a_key_for_a_new_origin_takes_the_place_of_the_one_before() -> None:
    ring = Ring()
    kept, moved = Keys(lambda: ring), replace(PROFILE, base_url="https://moved.example/v1")
    kept.set(replace(PROFILE, id="q"), "other")
    kept.set(PROFILE, "old")
    kept.set(moved, "new")
    assert kept.get(PROFILE) == ""
    assert ring.kept == {
        ("glimpse", "q@https://api.example:443"): "other",
        ("glimpse", "p@https://moved.example:443"): "new",
    }


def test_without_a_keyring_keys_last_as_long_as_the_app_and_it_says_so() -> None:
    kept = Keys(lambda: None)
    kept.set(PROFILE, "secret")
    assert kept.get(PROFILE) == "secret"
    assert kept.where() == sentence("keys.no_keyring")
    kept.forget(PROFILE)
    assert kept.get(PROFILE) == ""
    assert Keys(lambda: None).get(PROFILE) == ""


def test_a_locked_keyring_is_asked_once_and_the_key_is_kept_in_memory() -> None:
    asked: list[int] = []

    def refuse() -> None:
        asked.append(1)
        locked()

    kept = Keys(lambda: Ring(refuse))
    assert kept.get(PROFILE) == ""
    kept.set(PROFILE, "secret")
    assert kept.get(PROFILE) == "secret"
    assert kept.where() == sentence("keys.keyring_failed")
    assert len(asked) == 1


def test_a_keyring_that_hangs_is_left_behind(hanging: Callable[[], None]) -> None:
    kept = Keys(lambda: Ring(hanging), patience=0.05)
    kept.set(PROFILE, "secret")
    assert kept.get(PROFILE) == "secret"
    assert kept.where() == sentence("keys.keyring_silent")


def test_a_key_that_the_keyring_does_not_let_go_of_is_told() -> None:
    ring = Ring()
    kept = Keys(lambda: ring)
    kept.set(PROFILE, "secret")
    ring.trouble = locked
    with pytest.raises(StoreError) as caught:
        kept.forget(PROFILE)
    assert caught.value.sentence == sentence("keys.not_forgotten")


def test_the_environment_does_not_choose_the_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = "keyring.backends.null.Keyring"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", chosen)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "python_keyring").mkdir()
    (tmp_path / "python_keyring" / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={chosen}\n")
    found = find_keyring()
    assert found is None or type(found) in keys.accepted()


def test_only_keyrings_that_keep_secrets_are_accepted() -> None:
    assert NoKeyring not in keys.accepted()
    assert all("keyrings.alt" not in kind.__module__ for kind in keys.accepted())
    if sys.platform == "linux":
        assert next(iter(keys.accepted())) is SecretService.Keyring


@pytest.fixture
def logging_levels() -> Iterator[None]:
    """Put the levels back that `log.start` sets."""
    loggers = [logging.getLogger(name) for name in (None, *log._TALKATIVE)]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


async def test_a_key_is_in_no_file_of_ours(
    home: Path, executor: ThreadPoolExecutor, logging_levels: None
) -> None:
    canary = "canary-0d1f9b-key"
    found = paths.find()
    handler = log.start(found)
    kept = Keys(lambda: Ring(locked))
    kept.set(PROFILE, canary)
    assert kept.get(PROFILE) == canary
    settings.save(found.settings, settings.Settings(profiles=(settings.READER, PROFILE), profile="p"))
    store = await Store.open(found.history, executor)
    thread = await store.create_thread("t")
    await store.append_question(thread.id, Draft("q"))
    logging.getLogger("some.library").error("server refused %s", canary)
    await store.close()
    logging.getLogger().removeHandler(handler)
    handler.close()
    files = [file for file in home.rglob("*") if file.is_file()]
    assert {"settings.json", "history.sqlite", "glimpse.log"} <= {file.name for file in files}
    assert [file for file in files if canary.encode() in file.read_bytes()] == []


SESSION = """
import sys
from app.keys import Keys
from app.model.profiles import Profile
profile = Profile("p", "P", "vllm", base_url="https://api.example/v1")
kept = Keys(patience=float(sys.argv[2]))
if sys.argv[1] == "set":
    kept.set(profile, "secret-in-the-ring")
key = kept.get(profile)
if sys.argv[1] == "forget":
    kept.forget(profile)
    key = Keys().get(profile)
print(kept.where().key, repr(key))
"""

START = """
$1 gnome-keyring-daemon --foreground $2 --components=secrets >/dev/null 2>&1 &
trap "kill $!" EXIT
until dbus-send --print-reply --dest=org.freedesktop.secrets / org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1
do sleep 0.1; done
"""
KEPT = "keys.in_keyring 'secret-in-the-ring'"


def session(tmp_path: Path, *actions: str, unlock: bool | None = True, patience: float = 30) -> list[str]:
    """Do something with the real keyring, each action in a process of its own, on a message bus of its own.

    The keyring is unlocked or locked; with `unlock` None there is none.
    """
    if not all(map(shutil.which, ("dbus-run-session", "dbus-send", "gnome-keyring-daemon"))):
        pytest.skip("there is no message bus or no keyring here")
    bus = tmp_path / "bus.conf"
    # No services of the desktop: what is on this bus, we started, and it ends with the script.
    bus.write_text(
        "<busconfig><listen>unix:tmpdir=/tmp</listen><policy context='default'><allow own='*'/>"
        "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/></policy></busconfig>"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHON": sys.executable,
        "CODE": SESSION,
    }
    start = {
        True: START.replace("$1", "printf password |").replace("$2", "--unlock"),
        False: START.replace("$1", "").replace("$2", ""),
        None: "",
    }
    script = start[unlock] + "\n".join(f'"$PYTHON" -c "$CODE" {action} {patience}' for action in actions)
    command = ["dbus-run-session", f"--config-file={bus}", "--", "sh", "-ec", script]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_real_keyring_keeps_a_key_from_one_run_to_the_next(tmp_path: Path) -> None:
    assert session(tmp_path, "set", "get", "forget") == [KEPT, KEPT, "keys.in_keyring ''"]


def test_the_real_keyring_keeps_a_key_from_one_login_to_the_next(tmp_path: Path) -> None:
    assert session(tmp_path, "set") == session(tmp_path, "get") == [KEPT]


def test_a_real_keyring_that_nobody_unlocks_is_given_up(tmp_path: Path) -> None:
    session(tmp_path, "set")
    (line,) = session(tmp_path, "set", unlock=False, patience=3)
    assert line in {f"keys.keyring_{how} 'secret-in-the-ring'" for how in ("silent", "failed")}


def test_a_bus_without_a_keyring_has_none(tmp_path: Path) -> None:
    assert session(tmp_path, "get", unlock=None) == ["keys.no_keyring ''"]
