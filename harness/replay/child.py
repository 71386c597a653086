"""The child of a replay: ``python -m harness.replay``, one process for one share of the histories.

Appends to the results file, a journal: ``replay-started`` before each history and ``replayed`` after it. Histories that
have a result there are passed over, so that a new child goes on after one that was killed.

Each history is replayed as a worker of its task queue runs it: with the workflows of that queue, in the sandbox if the
application's workers have one, through the same interceptors, plugins and converter. It is no command for people: that
is `assay replay check`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import logging
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from harness.application.contract import Application, load_application
from harness.application.imported import where_and_what
from harness.application.workers import options_by_queue
from harness.errors import AssayError
from harness.record.history_endings import ids_of, served_as
from harness.record.history_reader import tasks_completed
from harness.record.journal import FileJournal, Journal, read_journal
from harness.replay.commands import event_name
from harness.replay.drift.served import Served
from harness.replay.history_file import NotReplayable, history_in
from harness.replay.reasons import NO_PROGRESS, NOT_REPLAYED, OUTCOMES, RAISED, TYPE_UNKNOWN
from harness.replay.recording.handlers import of_class
from harness.replay.replayer import queue_of, replayer_of, types_of
from harness.replay.result import Result
from harness.replay.told import result_of
from harness.sim.surface.replaying import Watched, divergences_told, watched
from harness.stack.processes.process import RUN_ID_VARIABLE

SERVES = "replay-serves"
"""The kind of the line in which a child of the gate says which types of workflows the code has."""
TAKES = "replay-takes"
"""The kind of the next, which says what they take."""


async def replay(
    app: Application, files: Sequence[Path], journal: Journal, *, types: bool = False, drift: bool = False
) -> None:
    """Replay the histories in these files one after another, with one line before and one after each.

    :param types: say first which types of workflows the code has.
    :param drift: look at what the SDK's replayer passes over, too.
    :raises UsageError: the application cannot say what its workers are made with.
    """
    served = await options_by_queue(app, os.environ)
    if types:
        journal.write(SERVES, types=sorted({name for made in served.values() for name in types_of(made) if name}))
        taken: dict[str, list[str]] = defaultdict(list)
        for made in served.values():
            for name, workflow in zip(types_of(made), made.get("workflows", ()), strict=True):
                taken[name or ""] += of_class(workflow)
        journal.write(TAKES, handlers=taken)
    by_queue: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_queue[queue_of(file, served)].append(file)
    serves = Served(served, {name: queue.activities for name, queue in app.queues.items()}) if drift else None
    with watched() as seen, divergences_told():
        for queue, those in by_queue.items():
            await _replay(_Share(served.get(queue, {}), those, journal, seen, serves))


@dataclass(frozen=True)
class _Share:
    made: Mapping[str, Any]
    files: Sequence[Path]
    journal: Journal
    seen: Watched
    served: Served | None
    # The replayer takes one history at a time, so the last file handed over is the one a result is about.
    under_way: list[Path] = field(default_factory=list)

    async def histories(self) -> AsyncIterator[WorkflowHistory]:
        """Those that can be replayed; of the others it is written why not."""
        types = types_of(self.made)
        for file in self.files:
            workflow_id, run_id = ids_of(file)
            self.journal.write("replay-started", file=file.name, workflow_id=workflow_id, run_id=run_id)
            self.under_way.append(file)
            self.seen.clear()
            try:
                history = history_in(file)
            except NotReplayable as error:
                write_result(self.journal, file, Result(error.reason, str(error)))
                continue
            self.seen.task_queue, workflow_type = served_as(file)
            if not tasks_completed(history.events):
                # There is nothing to compare, and the check says so.
                write_result(self.journal, file, Result(NO_PROGRESS, workflow_type=workflow_type))
            elif workflow_type not in types and None not in types:
                told = f"the code has no workflow of the type {workflow_type!r}"
                begun = f"event 1 {event_name(history.events[0])} {workflow_type}"
                result = Result(TYPE_UNKNOWN, told, workflow_type, tasks_completed(history.events), begun)
                write_result(self.journal, file, result)
            else:
                yield history


async def _replay(share: _Share) -> None:
    if not types_of(share.made):
        for file in share.files:
            write_result(
                share.journal, file, Result(NOT_REPLAYED, "no worker serves any workflow, so nothing can replay it")
            )
        return
    async with contextlib.AsyncExitStack() as stack:
        try:
            iterator = replayer_of(share.made).workflow_replay_iterator(share.histories())
            results = await stack.enter_async_context(iterator)
        except (RuntimeError, ValueError) as error:
            # The SDK says only of which workflow; why not, such as what the sandbox refuses, is the cause.
            told = f"no worker can be made of this code: {where_and_what(error.__cause__ or error)}"
            for file in share.files:
                write_result(share.journal, file, Result(RAISED, told, served_as(file)[1]))
            return
        async for result in results:
            found = await result_of(result, share.seen, share.made, share.served)
            write_result(share.journal, share.under_way[-1], found)


def pending(histories: Path, results: Path, share: int, of: int) -> list[Path]:
    """The files of this share that have no result yet."""
    files = sorted(histories.glob("*.json"))[share::of]
    lines = read_journal(results) if results.is_file() else iter(())
    done = {line["file"] for line in lines if line["kind"] == "replayed"}
    return [file for file in files if file.name not in done]


def write_result(journal: Journal, file: Path, result: Result) -> None:
    """Write the line of one history."""
    workflow_id, run_id = ids_of(file)
    journal.write(
        "replayed",
        file=file.name,
        workflow_id=workflow_id,
        run_id=run_id,
        outcome=OUTCOMES.get(result.reason, "error"),
        **dataclasses.asdict(result),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and replay."""
    parser = argparse.ArgumentParser(prog="python -m harness.replay", description=__doc__)
    parser.add_argument("--app", required=True, help="the application's module, such as workflows.app")
    parser.add_argument("--histories", required=True, type=Path, help="the folder of RUN_ID.json files")
    parser.add_argument("--results", required=True, type=Path, help="the journal file to append to")
    parser.add_argument("--share", type=int, default=0, help="which share of the histories is replayed, from 0")
    parser.add_argument("--of", type=int, default=1, help="how many shares there are")
    parser.add_argument("--types", action="store_true", help="say first which types of workflows the code has")
    parser.add_argument("--drift", action="store_true", help="look at what the SDK's replayer passes over, too")
    options = parser.parse_args(arguments)
    logging.basicConfig(level="WARNING", format="%(asctime)s %(message)s")
    files = pending(options.histories, options.results, options.share, options.of)
    journal = FileJournal(options.results, f"replay-{options.share}", os.environ.get(RUN_ID_VARIABLE))
    try:
        app = load_application(options.app)
        asyncio.run(replay(app, files, journal, types=options.types, drift=options.drift))
    except AssayError as error:
        parser.exit(error.exit_code, f"{error}\n")
    journal.close()
