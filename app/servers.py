"""What is told of a server, in words."""

from urllib.parse import urlsplit

from app.clean import visible
from app.i18n import say
from app.model.checkups import Checkup, Health, Server
from app.model.limits import Sight
from app.model.sentences import Sentence, sentence

_NAME_SHOWN = 60  # characters of a model's name
_LOOPBACK = "localhost", "127.0.0.1", "::1"


def name_of(server: Server) -> str:
    """Return what a server is called, with its version."""
    return f"{say(server.label)} {server.version}".strip()


def model_of(server: Server) -> str:
    """Return its model's name as it can be shown; of a file, the name without its folder and ending."""
    name = visible(server.model)
    if name.endswith(".gguf"):
        name = name.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf")
    return name if len(name) <= _NAME_SHOWN else f"{name[:_NAME_SHOWN]}…"


def described(server: Server) -> str:
    """Return all that is known: its name, its model, how many tokens that holds, and what it sees."""
    context = say("server.context", tokens=f"{server.context:,}") if server.context else ""
    told = (name_of(server), model_of(server), context, _sees(server))
    return say("server.comma").join(part for part in told if part)


def finding(checkup: Checkup) -> Sentence:
    """Return what a test found: of a server that works and is of a known kind, all that it tells."""
    server = checkup.server
    if checkup.health is not Health.WORKS or server is None or not server.preset:
        return checkup.sentence
    return sentence("server.works", server=described(server))


def is_at(server: Server, base_url: str) -> bool:
    """Tell whether an address, as a person may have typed it, is that of a server."""
    try:
        return _origin(server.url) == _origin(base_url)
    except ValueError:
        return False


def _sees(server: Server) -> str:
    """Say what its model sees: what the server tells, else what such a model does."""
    known = server.sight is not Sight.UNKNOWN
    pictures = known if server.pictures is None else server.pictures
    if pictures:
        clips = known if server.clips is None else server.clips
        return say("server.pictures_and_clips" if clips else "server.pictures")
    return say("server.blind") if server.pictures is False else ""


def _origin(url: str) -> tuple[str, int | None]:
    """Return host and port; every name of this computer is one."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = parts.hostname or ""
    return ("localhost" if host in _LOOPBACK else host), parts.port
