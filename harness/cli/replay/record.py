"""`assay replay record`: make or extend the corpus of the gate."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from harness.application.connection import connect
from harness.application.contract import Application, load_application
from harness.application.workers import options_by_queue
from harness.config import ProjectConfig, load_config
from harness.errors import EnvironmentMissing, UsageError
from harness.record.history_reader import status_of, tasks_completed
from harness.replay.history_file import NotReplayable
from harness.replay.recording.files import files_in, histories_in
from harness.replay.recording.handlers import of_running
from harness.replay.recording.keep import Entry, keep, keep_handlers
from harness.replay.recording.server import histories_from, queries
from harness.replay.replayer import types_of
from harness.verdict import Verdict, counted

PER_QUERY = 20
OPEN = "RUNNING"
CONNECT_SECONDS = 30.0


@click.command()
@click.option("--corpus", metavar="DIR", type=click.Path(path_type=Path), help="Where to keep them.")
@click.option(
    "--from",
    "places",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A run directory, a folder of histories or a file, instead of a server; may be repeated.",
)
@click.option("--address", metavar="HOST:PORT", help="The server (default: what TEMPORAL_* and temporal.toml name).")
@click.option("--namespace", metavar="NAME", help="The namespace (default: likewise).")
@click.option("--type", "types", metavar="NAME", multiple=True, help="Only workflows of this type; may be repeated.")
@click.option("--query", metavar="QUERY", help="A visibility query of your own, such as \"StartTime > '2026-01-01'\".")
@click.option(
    "--at-most",
    metavar="N",
    type=click.IntRange(min=1),
    default=PER_QUERY,
    show_default=True,
    help="How many histories are fetched of each type and status.",
)
def record(
    corpus: Path | None,
    places: tuple[Path, ...],
    address: str | None,
    namespace: str | None,
    types: tuple[str, ...],
    query: str | None,
    at_most: int,
) -> int:
    """Keep histories for `assay replay check`: of each type, status and shape the smallest one.

    By default they come from a server: of each type the oldest open executions, and the latest of each closed status.
    Payloads are kept as the server has them, encoded if they are. It exits with 4 where nothing was found, or where
    something cannot be replayed.
    """
    config = load_config(Path.cwd())
    folder = corpus or _default(config)
    if places:
        if address or namespace or types or query:
            raise UsageError("--from takes the place of a server: leave --address, --namespace, --type and --query out")
        kept, seen, refused = _from_files(files_in(places), folder)
    else:
        app = load_application(config.app)
        server = {"target_host": address, "namespace": namespace}
        given = {name: value for name, value in server.items() if value}
        kept, seen = asyncio.run(_from_server(app, given, types, query, at_most, folder))
        refused = 0
    kept = list({entry.file: entry for entry in kept}.values())  # a smaller one may have come later
    for entry in kept:
        click.echo(f"{folder / entry.file}  {entry.events} events of {entry.workflow_id}")
    click.echo(f"{counted(seen, 'history', 'histories')}: {len(kept)} kept, {refused} that cannot be replayed")
    return Verdict.UNKNOWN.exit_code if refused or not seen else 0


def _default(config: ProjectConfig) -> Path:
    if any(sign in config.histories for sign in "*?["):
        told = f"[tool.assay] histories = {config.histories!r} may be many folders"
        raise UsageError(f"{told}; say with --corpus DIR which one")
    return config.root / config.histories


def _from_files(files: Sequence[Path], folder: Path) -> tuple[list[Entry], int, int]:
    kept, refused = [], 0
    with tempfile.TemporaryDirectory(prefix="assay-record-") as scratch:
        for file, history in histories_in(files, Path(scratch) / "histories"):
            told = _useless(history)
            if isinstance(history, NotReplayable) or told:
                click.echo(f"{file}: {told}", err=True)
                refused += 1
            elif entry := keep(history, folder, file.name):
                kept.append(entry)
    return kept, len(files), refused


def _useless(history: object) -> str:
    if isinstance(history, NotReplayable):
        return str(history)
    events = getattr(history, "events", ())
    return "" if tasks_completed(events) else "no workflow task was completed in it, so replaying it proves nothing"


async def _from_server(
    app: Application,
    server: dict[str, str],
    types: Sequence[str],
    query: str | None,
    at_most: int,
    folder: Path,
) -> tuple[list[Entry], int]:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            client = await connect(app, os.environ, **server)
    except (RuntimeError, TimeoutError) as error:
        where = server.get("target_host") or "the server that TEMPORAL_* names"
        told = str(error) or f"no answer within {CONNECT_SECONDS:g} s"
        raise EnvironmentMissing(f"cannot reach {where}: {told}; name another with --address HOST:PORT") from error
    named = types or sorted(await _types(app))
    kept: list[Entry] = []
    seen = 0
    asked: set[str] = set()
    taken: dict[str, list[str]] = {}
    async for history in histories_from(client, queries(named, query), at_most):
        if not _useless(history):
            seen += 1
            kept += _kept(keep(history, folder, f"namespace {client.namespace}"))
            begun = history.events[0].workflow_execution_started_event_attributes
            if begun.workflow_type.name not in asked and status_of(history.events) == OPEN:
                asked.add(begun.workflow_type.name)
                if found := await of_running(client, history.workflow_id, begun.original_execution_run_id):
                    taken[begun.workflow_type.name] = found
    keep_handlers(folder, taken)
    return kept, seen


def _kept(entry: Entry | None) -> Iterator[Entry]:
    if entry is not None:
        yield entry


async def _types(app: Application) -> set[str]:
    served = await options_by_queue(app, os.environ)
    return {name for made in served.values() for name in types_of(made) if name}
