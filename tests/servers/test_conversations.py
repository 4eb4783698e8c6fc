"""The table of conversations on every real server."""

from collections.abc import Callable
from pathlib import Path

from tests.model_servers import ModelServer
from tests.servers.cases import Case, Model
from tests.servers.kinds import Kind
from tests.servers.trips import check_reply, check_snapshot, check_version, put

Serve = Callable[[Kind, Model], ModelServer]


async def test_a_case_goes_as_it_should(kind: Kind, case: Case, serve: Serve, tmp_path: Path) -> None:
    server = serve(kind, case.model)
    trip = await put(case, kind, server, tmp_path)
    check_reply(case, kind, server, trip.heard)
    check_snapshot(case, kind, trip)


def test_it_is_the_version_that_was_seen(kind: Kind, scripted: ModelServer) -> None:
    check_version(kind, scripted)
