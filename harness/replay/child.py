"""The child: ``python -m harness.replay --app NAME --histories FOLDER --results FILE [--share N --of M]``.

Appends to the results file, a journal: ``replay-started`` before each history and ``replayed`` after it. Histories that
have a result there are passed over, so that a new child goes on after one that was killed.

Each history is replayed as a worker of its task queue runs it: with the workflows of that queue, in the sandbox if the
application's workers have one, through the same interceptors, plugins and converter.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import temporalio.worker
import temporalio.workflow
from google.protobuf import json_format
from temporalio.client import WorkflowHistory

from harness.application.contract import Application, load_application
from harness.application.workers import options_by_queue
from harness.record.history_endings import ids_of, served_as
from harness.record.history_reader import tasks_completed
from harness.record.journal import FileJournal, Journal, read_journal
from harness.stack.processes.process import RUN_ID_VARIABLE

MESSAGE_CHARACTERS = 1000
OPTIONS = (
    "workflows",
    "workflow_runner",
    "unsandboxed_workflow_runner",
    "interceptors",
    "plugins",
    "workflow_failure_exception_types",
    "disable_safe_workflow_eviction",
    "data_converter",
    "header_codec_behavior",
)
"""What a worker is made with and a replayer, too."""
THE_SDKS_SENTENCE = re.compile(r"\[TMPRL\d+\].*?(?=\", source: )", re.DOTALL)


async def replay(app: Application, files: Sequence[Path], journal: Journal) -> None:
    """Replay the histories in these files one after another, with one line before and one after each.

    :raises UsageError: the application cannot say what its workers are made with.
    """
    served = await options_by_queue(app, os.environ)
    by_queue: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_queue[_queue_of(file, served)].append(file)
    for queue, those in by_queue.items():
        if queue in served:
            await _replay(_replayer(served[queue]), those, journal)
            continue
        for file in those:
            _write(journal, file, "error", f"no worker of {app.name} serves any workflow, so nothing can replay it")


def _queue_of(file: Path, served: Mapping[str, Mapping[str, Any]]) -> str:
    """The task queue as whose worker a history is replayed: its own, or another where its type is served.

    The names of queues may come from an environment that is not this one's.
    """
    queue, workflow_type = served_as(file)
    serving = (name for name, made in served.items() if workflow_type in map(_type_of, made["workflows"]))
    return queue if queue in served else next(serving, next(iter(served), ""))


def _type_of(workflow: type) -> str:
    return str(getattr(workflow, "__temporal_workflow_definition").name)


def _replayer(made: Mapping[str, Any]) -> temporalio.worker.Replayer:
    """One that runs workflows as the worker does that is made with these options."""
    return temporalio.worker.Replayer(
        **{name: made[name] for name in OPTIONS if name in made},
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
        # Without it a busy machine looks like a workflow that blocks. What really hangs, the supervisor kills.
        debug_mode=True,
        # Any name will do; without one the SDK takes seconds to compute one from everything imported.
        build_id="replay",
    )


async def _replay(replayer: temporalio.worker.Replayer, files: Sequence[Path], journal: Journal) -> None:
    # The replayer takes one history at a time, so the last file handed over is the one a result is about.
    under_way: list[Path] = []

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for file in files:
            workflow_id, run_id = ids_of(file)
            journal.write("replay-started", file=file.name, workflow_id=workflow_id, run_id=run_id)
            under_way.append(file)
            try:
                history = history_in(file)
            except ValueError as error:
                _write(journal, file, "error", f"not a history: {error}")
                continue
            if tasks_completed(history.events):
                yield history
            else:
                _write(journal, file, "ok")  # There is nothing to compare, and the check says so.

    async with replayer.workflow_replay_iterator(histories()) as results:
        async for result in results:
            outcome, message = judged(result.replay_failure)
            _write(journal, under_way[-1], outcome, message, tasks_completed(result.history.events))


def history_in(file: Path) -> WorkflowHistory:
    """The history in a file, as it can be replayed: the replayer waits for ever for what does not begin as one.

    :raises ValueError: it is none, such as an export whose payloads were decoded.
    """
    try:
        history = WorkflowHistory.from_json(ids_of(file)[0], file.read_text(encoding="utf-8"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, json_format.Error) as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error
    if not history.events or not history.events[0].HasField("workflow_execution_started_event_attributes"):
        raise ValueError("its first event is not the start of a workflow; export it whole, with all pages")
    return history


def judged(failure: Exception | None) -> tuple[str, str]:
    """The outcome and its message. Only the SDK's own word is a divergence; what could not be replayed is an error."""
    if failure is None:
        return "ok", ""
    diverged = isinstance(failure, temporalio.workflow.NondeterminismError)
    told = f"{type(failure).__name__}: {failure}"
    # The SDK wraps its one telling sentence into a page of its own structures.
    if found := THE_SDKS_SENTENCE.search(told):
        told = found[0]
    return "nondeterminism" if diverged else "error", told[:MESSAGE_CHARACTERS]


def pending(histories: Path, results: Path, share: int, of: int) -> list[Path]:
    """The files of this share that have no result yet."""
    files = sorted(histories.glob("*.json"))[share::of]
    lines = read_journal(results) if results.is_file() else iter(())
    done = {line["file"] for line in lines if line["kind"] == "replayed"}
    return [file for file in files if file.name not in done]


def _write(journal: Journal, file: Path, outcome: str, message: str = "", tasks: int = 0) -> None:
    workflow_id, run_id = ids_of(file)
    journal.write(
        "replayed",
        file=file.name,
        workflow_id=workflow_id,
        run_id=run_id,
        outcome=outcome,
        message=message,
        tasks_completed=tasks,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and replay."""
    parser = argparse.ArgumentParser(prog="python -m harness.replay", description=__doc__)
    parser.add_argument("--app", required=True, help="the application's module, such as workflows.app")
    parser.add_argument("--histories", required=True, type=Path, help="the folder of RUN_ID.json files")
    parser.add_argument("--results", required=True, type=Path, help="the journal file to append to")
    parser.add_argument("--share", type=int, default=0, help="which share of the histories is replayed, from 0")
    parser.add_argument("--of", type=int, default=1, help="how many shares there are")
    options = parser.parse_args(arguments)
    logging.basicConfig(level="WARNING", format="%(asctime)s %(message)s")
    files = pending(options.histories, options.results, options.share, options.of)
    journal = FileJournal(options.results, f"replay-{options.share}", os.environ.get(RUN_ID_VARIABLE))
    asyncio.run(replay(load_application(options.app), files, journal))
    journal.close()
