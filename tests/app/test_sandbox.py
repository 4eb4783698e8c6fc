"""Each thing a worker gives up is really gone: tried from inside, against real targets."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import landlock, sandbox
from app.i18n import say
from app.worker_process import worker_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the restrictions are Linux's")
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")

# Tells what an attempt came to, in one word.
ATTEMPT = """
import ctypes, os, socket, subprocess, sys, tempfile
from pathlib import Path
from app import landlock, sandbox
def attempt(call):
    try:
        call()
    except BaseException as error:
        print(type(error).__name__, flush=True)
    else:
        print("allowed", flush=True)
"""

Inside = Callable[..., list[str]]


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """Return a function that runs Python text inside the sandbox and gives the words it printed."""
    folder = tmp_path / "own"
    folder.mkdir()

    def run(
        text: str,
        *,
        before: str = "",
        reads: tuple[str, ...] = (),
        memory: int = 2**31,
        serves: bool = False,
    ) -> list[str]:
        enter = f"sandbox.enter(memory={memory}, processor=2, reads={reads!r}, serves={serves})\n"
        command = [sys.executable, "-I", "-c", ATTEMPT + before + "\n" + enter + text]
        ended = subprocess.run(
            command, env=worker_environment(folder), capture_output=True, text=True, check=False, timeout=60
        )
        assert not ended.stderr, ended.stderr
        return [*ended.stdout.split(), *([str(ended.returncode)] if ended.returncode else [])]

    return run


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "home" / ".ssh" / "id_ed25519"
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text("secret", encoding="ascii")
    return path


@pytest.fixture
def server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_what_is_tried_below_works_outside(inside: Inside, secret: Path, server: int) -> None:
    """The other tests prove nothing if the attempts fail for another reason."""
    text = f"""
attempt(lambda: socket.create_connection(("127.0.0.1", {server}), 5))
attempt(lambda: Path({str(secret)!r}).read_text())
attempt(lambda: Path({str(secret.parent)!r}, "new").write_text("x"))
attempt(lambda: bytes(3 * 2**30))
"""
    assert inside(text, before="sandbox.enter = lambda **_: None") == ["allowed"] * 4


@pytest.mark.usefixtures("own_network")
def test_no_connection_can_be_made(inside: Inside, server: int) -> None:
    text = f"""
attempt(lambda: socket.create_connection(("127.0.0.1", {server}), 5))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", {server})))
"""
    assert "allowed" not in inside(text)


def test_the_abstract_sockets_of_the_desktop_cannot_be_reached(inside: Inside) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0glimpse-test-{os.getpid()}")
        listening.listen()
        text = f"attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0glimpse-test-{os.getpid()}'))"
        assert "allowed" not in inside(text)


@needs_landlock
def test_other_files_can_be_neither_read_nor_listed(inside: Inside, secret: Path) -> None:
    text = f"""
attempt(lambda: Path({str(secret)!r}).read_text())
attempt(lambda: os.listdir({str(secret.parent)!r}))
attempt(lambda: Path("/proc/{os.getpid()}/environ").read_bytes())
attempt(lambda: subprocess.run(["cat", {str(secret)!r}], check=True, stderr=subprocess.DEVNULL))
"""
    assert inside(text) == ["PermissionError", "PermissionError", "PermissionError", "CalledProcessError"]


@needs_landlock
def test_the_file_it_is_given_can_be_read_but_not_changed(inside: Inside, secret: Path) -> None:
    text = f"""
attempt(lambda: Path({str(secret)!r}).read_text())
attempt(lambda: Path({str(secret)!r}).write_text("x"))
attempt(lambda: os.truncate({str(secret)!r}, 0))
attempt(lambda: Path({str(secret)!r}).unlink())
"""
    assert inside(text, reads=(str(secret),)) == ["allowed", *["PermissionError"] * 3]
    assert secret.read_text("ascii") == "secret"


@needs_landlock
def test_it_writes_only_to_its_own_folder(inside: Inside, tmp_path: Path) -> None:
    text = f"""
attempt(lambda: Path(tempfile.gettempdir(), "mine").write_text("x"))
attempt(lambda: Path({str(tmp_path)!r}, "other").write_text("x"))
attempt(lambda: Path("/tmp/glimpse-test").mkdir())
attempt(lambda: Path("/dev/null").write_text("x"))
"""
    assert inside(text) == ["allowed", "PermissionError", "PermissionError", "allowed"]


@needs_landlock
@pytest.mark.parametrize("version", range(1, 7))
def test_kernels_of_every_age_hide_files(inside: Inside, secret: Path, version: int) -> None:
    if landlock.version() < version:
        pytest.skip(f"this kernel speaks version {landlock.version()}")
    before = f"landlock.version = lambda: {version}"
    text = f"print('files' in sandbox._held)\nattempt(lambda: Path({str(secret)!r}).read_text())"
    assert inside(text, before=before) == ["True", "PermissionError"]


def test_memory_ends(inside: Inside) -> None:
    assert inside("attempt(lambda: bytearray(10 * 2**30))") == ["MemoryError"]


def test_time_ends(inside: Inside) -> None:
    assert inside("while True: pass") == ["-24"]  # SIGXCPU


def test_files_and_handles_end(inside: Inside) -> None:
    text = """
file = open(Path(tempfile.gettempdir(), "large"), "wb")
attempt(lambda: file.truncate(2 * 2**30))
handles = []
attempt(lambda: [handles.append(os.dup(0)) for _ in range(2000)])
"""
    assert inside(text) == ["OSError", "OSError"]


def test_it_leaves_no_core_and_gains_no_rights(inside: Inside) -> None:
    text = """
import resource
libc = ctypes.CDLL(None)
print(resource.getrlimit(resource.RLIMIT_CORE), libc.prctl(39, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0))
"""
    assert inside(text) == ["(0,", "0)", "1", "0"]


@needs_landlock
@pytest.mark.skipif(landlock.version() < 6, reason="this kernel does not keep signals in")
def test_it_cannot_signal_the_app(inside: Inside) -> None:
    assert inside(f"attempt(lambda: os.kill({os.getpid()}, 0))") == ["PermissionError"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.usefixtures("own_network")
def test_an_ordinary_user_gets_the_same(inside: Inside, server: int, tmp_path: Path) -> None:
    before = "import encodings.idna\nos.setgroups([]); os.setgid(65534); os.setuid(65534)"
    text = f"""
print(*sandbox._held)
attempt(lambda: socket.create_connection(("127.0.0.1", {server}), 5))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
"""
    *held, network, power = inside(text, before=before)
    assert "network" in held
    assert network in {"OSError", "PermissionError"}  # no such network, or no right to one
    assert power == "PermissionError"


def test_what_the_system_lacks_is_left_out_in_silence(inside: Inside, secret: Path) -> None:
    before = "landlock.version = lambda: 0\nsandbox._leave_network = lambda libc: False"
    text = f"print(*sandbox._held)\nattempt(lambda: Path({str(secret)!r}).read_text())"
    assert inside(text, before=before) == ["privileges", "limits", "allowed"]


@pytest.mark.usefixtures("own_network")
def test_a_refusing_kernel_is_told_from_an_obliging_one(inside: Inside) -> None:
    before = "landlock._call = lambda number, *_: 7 if number == 444 and not _[0] else -1"
    assert inside("print(*sandbox._held)", before=before) == ["network", "privileges", "limits"]


def test_what_holds_and_what_does_not_is_told_in_sentences() -> None:
    found = sandbox.told(["limits", "network", "something of a later version"])
    assert [(one.works, one.sentence.key, one.needed) for one in found] == [
        (True, "worker.limits_held", False),
        (False, "worker.files_free", False),
        (True, "worker.network_held", False),
        (False, "worker.privileges_free", False),
    ]
    assert all(say(one.sentence) != one.sentence.key for one in found)


def test_dead_sockets_are_swept_and_living_ones_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SHARED_FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    name = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_"
    with socket.socket(socket.AF_UNIX) as living, socket.socket(socket.AF_UNIX) as dead:
        living.bind(name + "a")
        living.listen()
        dead.bind(name + "b")
        dead.close()
        (tmp_path / "letter.txt").touch()
        sandbox.sweep_sockets()
    assert {path.name for path in tmp_path.iterdir()} >= {name + "a", "letter.txt"}
    assert not (tmp_path / (name + "b")).exists()


@needs_landlock
@pytest.mark.skipif(landlock.version() < 4, reason="this kernel's Landlock knows nothing of TCP")
def test_one_that_serves_can_be_called_but_calls_nobody_and_sees_no_files(
    inside: Inside, secret: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        words = inside(
            f"""
attempt(lambda: socket.create_server(("127.0.0.1", 0)).close())
attempt(lambda: socket.create_connection(("127.0.0.1", {outside.getsockname()[1]}), timeout=5))
attempt(lambda: Path({str(secret)!r}).read_text())
""",
            serves=True,
        )
    assert words == ["allowed", "PermissionError", "PermissionError"]
