"""A deck drawn by LibreOffice: PPTX or PPT in, PDF out.

Runs in a worker, which LibreOffice shares the limits of.  A profile of its own keeps it from handing
the deck to a LibreOffice that is already open.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.errors import NoReader, TooLarge, Unreadable

# Without this hidden slides vanish and every later page has the wrong number.
CONVERSION = 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
USUAL_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
INSTALL = {
    "linux": "sudo apt install libreoffice-impress",
    "darwin": "brew install --cask libreoffice",
    "win32": "winget install TheDocumentFoundation.LibreOffice",
}
RESULT_LIMIT = 500 * 2**20  # bytes of PDF
PATIENCE = 170  # seconds for one conversion

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop>
</item>
</oor:items>
"""


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the deck at `path` once: an empty head, the PDF as body."""
    program = find()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Under a name of ours: LibreOffice locks beside the file and reads its name in its own way.
        deck = folder / f"deck{Path(task['path']).suffix.lower()}"
        try:
            shutil.copyfile(task["path"], deck)
        except OSError as error:
            raise Unreadable("document.missing") from error
        profile = make_profile(folder)
        result = folder / "deck.pdf"
        if not convert(program, profile, deck, result):
            # On a fresh profile it asks for a restart (81) and writes nothing; the second run does the work.
            # Under a new name, because its socket, named after the profile, cannot be removed from in here.
            profile = profile.rename(folder / "profile-2")
            if not convert(program, profile, deck, result):
                raise Unreadable("document.not_drawn")
        if result.stat().st_size > RESULT_LIMIT:
            raise TooLarge("worker.memory")
        yield {}, result.read_bytes()


def find() -> str:
    """Return the path of LibreOffice; raises `NoReader` with the command that installs it."""
    names = (shutil.which("soffice"), shutil.which("libreoffice"), *USUAL_PLACES)
    for name in names:
        if name and os.access(name, os.X_OK):
            return name
    raise NoReader("document.no_office", command=INSTALL.get(sys.platform, INSTALL["linux"]))


def make_profile(folder: Path) -> Path:
    """Make a profile in which no macro runs and nothing is fetched, and return it."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return profile


def convert(program: str, profile: Path, deck: Path, result: Path) -> bool:
    """Run LibreOffice once and return whether it wrote the PDF."""
    options = ("--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault")
    command = [program, f"-env:UserInstallation={profile.as_uri()}", *options]
    command += ["--convert-to", CONVERSION, "--outdir", str(result.parent), str(deck)]
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE, cwd=result.parent)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreadable("document.not_drawn") from error
    return ended.returncode == 0 and result.is_file() and result.stat().st_size > 0
