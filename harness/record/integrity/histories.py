"""What the histories on disk say, held against what the journals say of them: whoever changes one is told by the other.

Data flow: ``histories/*.json`` and lines of the final reads → **disagreements** → UNKNOWN. Everything that the
final reads made of a history is made of its file once more.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from harness.application.contract import Application
from harness.record.history_endings import execution_in, file_of
from harness.record.history_reader import (
    Event,
    completed_locally,
    facts_of,
    policies_of,
    tasks_completed,
    workflow_id_of,
)
from harness.record.lines import Line, place_of
from harness.verdict import Finding

FOLDER = "histories"
ASYNC = "CompleteAsync"
READS = "final-reads"
OPEN = "RUNNING"
GOES_ON = "CONTINUED_AS_NEW"
KEPT = "histories-kept"
"""The kind of the harness's line on what it read in the end: the SHA-256 of every history, by the name of its file."""


def kept(folder: Path) -> Mapping[str, str]:
    """The SHA-256 of each history in the run directory, by the name of its file."""
    files = sorted((folder / FOLDER).glob("*.json"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def disagreements(folder: Path, app: Application, lines: Sequence[Line]) -> Iterator[Finding]:
    """Everything in which the histories on disk are not those that the journals speak of.

    :raises ValueError: a file is not a history, or a result cannot be decoded.
    """
    by_kind: dict[str, dict[str, Line]] = {"execution": {}, "history-facts": {}}
    for line in lines:
        if line["kind"] in by_kind:
            by_kind[line["kind"]][file_of(str(line.get("run_id")))] = line
    said = next((line.get("sha256") for line in lines if line["kind"] == KEPT), None)
    if said is None and any(line["kind"] == "interrupted" for line in lines):
        return
    here = kept(folder)
    for name in sorted({*here, *(said or {}), *by_kind["execution"]}):
        if here.get(name) != (said or {}).get(name):
            yield Finding(f"{FOLDER}/{name}", "is not the history that was read in the end")
        elif name not in by_kind["execution"] or name not in by_kind["history-facts"]:
            yield Finding(f"{FOLDER}/{name}", "no journal mentions this execution")
    read = here.keys() & by_kind["execution"].keys() & by_kind["history-facts"].keys()
    histories = {name: _events((folder / FOLDER / name).read_text(encoding="utf-8")) for name in sorted(read)}
    ended = asyncio.run(_executions(app, histories))
    # Of the same attempt of a local activity, made again with its workflow task, the completed one counts.
    ends = sorted((line for line in lines if line["kind"] == "attempt-end"), key=_completed)
    logged = {_ids(line): line for line in ends}
    for name, events in histories.items():
        workflow_id = workflow_id_of(events)
        ids = {"workflow_id": workflow_id, "subject": app.subject_of(workflow_id)}
        yield from _differences(by_kind["execution"][name], {**ids, **ended[name]}, name)
        facts = {**ids, **facts_of(events, app.status_attribute)}
        yield from _differences(by_kind["history-facts"][name], facts, name)
        yield from _unlogged(events, str(by_kind["execution"][name]["run_id"]), logged, name)
    yield from _of_the_attempts(histories, by_kind["execution"], app, lines)
    yield from _of_the_replays(histories, lines)
    yield from _of_the_policies(histories.values(), [line for line in lines if line["kind"] == "policy"])


# Whoever judges nearly the same directory again and again spends most of the time here.
@functools.lru_cache(maxsize=32)
def _events(text: str) -> Sequence[Event]:
    return WorkflowHistory.from_json("", text).events


async def _executions(app: Application, histories: Mapping[str, Sequence[Event]]) -> Mapping[str, Mapping[str, Any]]:
    return {
        name: await execution_in(app.data_converter, events, app.status_attribute) for name, events in histories.items()
    }


def _differences(line: Line, told: Mapping[str, Any], name: str) -> Iterator[Finding]:
    for field, value in json.loads(json.dumps(told)).items():
        if line.get(field) != value:
            yield Finding(place_of(line), f"says {field} = {line.get(field)!r:.80}, and {FOLDER}/{name} {value!r:.80}")


def _completed(line: Line) -> bool:
    return line.get("outcome") == "completed"


def _ids(line: Line) -> tuple[str, ...]:
    return tuple(str(line.get(name)) for name in ("run_id", "activity_id", "attempt", "activity"))


def _unlogged(
    events: Sequence[Event], run_id: str, logged: Mapping[tuple[str, ...], Line], name: str
) -> Iterator[Finding]:
    """Activities that were completed by an attempt of whose completion no worker's journal tells."""
    local = {ids for ids, line in logged.items() if line.get("local") and line.get("outcome") == "completed"}
    for activity_id, attempt, activity in completed_locally(events):
        if (run_id, activity_id, str(attempt), activity) not in local:
            told = f"attempt {attempt} of the local activity {activity} was completed"
            yield Finding(f"{FOLDER}/{name}", f"{told}, and no journal mentions its completion")
    by_id = {event.event_id: event for event in events}
    for event in events:
        if not event.HasField("activity_task_completed_event_attributes"):
            continue
        completed = event.activity_task_completed_event_attributes
        scheduled = by_id[completed.scheduled_event_id].activity_task_scheduled_event_attributes
        started = by_id[completed.started_event_id].activity_task_started_event_attributes
        ids = (run_id, scheduled.activity_id, str(started.attempt), scheduled.activity_type.name)
        # One that leaves its completion to somebody else ends by an error of the SDK's.
        if ids not in logged or not (
            logged[ids].get("outcome") == "completed" or ASYNC in str(logged[ids].get("error"))
        ):
            told = f"attempt {started.attempt} of {scheduled.activity_type.name} was completed by {completed.identity}"
            yield Finding(f"{FOLDER}/{name}", f"{told}, and no journal mentions its completion")


def _of_the_attempts(
    histories: Mapping[str, Sequence[Event]], executions: Mapping[str, Line], app: Application, lines: Sequence[Line]
) -> Iterator[Finding]:
    """Attempts of activities that no history has scheduled, and ends of workflows that there are not.

    A workflow that was open when its history was read goes on meanwhile: what it begins then, its history cannot have.
    Nor has anything the history of a run that began only then.
    """
    reads = [float(line["at_seconds"]) for line in lines if (line["kind"], line.get("name")) == ("phase", READS)]
    status = {
        (str(line.get("workflow_id")), str(line.get("run_id"))): line.get("status") for line in executions.values()
    }
    running = {workflow_id for (workflow_id, _), said in status.items() if said == OPEN}
    closed = {workflow_id for (workflow_id, _), said in status.items() if said not in (OPEN, GOES_ON)} - running
    scheduled = {
        (*(str(executions[name][id_]) for id_ in ("workflow_id", "run_id")), task.activity_id, task.activity_type.name)
        for name, events in histories.items()
        for task in (event.activity_task_scheduled_event_attributes for event in events)
    }
    known = {str(line.get("workflow_id")) for line in executions.values()}
    for line in lines:
        ids = tuple(str(line.get(name)) for name in ("workflow_id", "run_id", "activity_id", "activity"))
        # Of a run that was read its own status counts; of one that was not, whether its workflow could begin one.
        run = ids[0], ids[1]
        goes_on = status[run] == OPEN if run in status else ids[0] not in closed
        later = goes_on and any(line["at_seconds"] >= at for at in reads)
        # A local activity is in its history only once its workflow task is completed.
        known_so = line.get("local") is True and run in status
        if line["kind"] == "attempt-start" and ids not in scheduled and not later and not known_so:
            yield Finding(
                place_of(line), f"no history has scheduled {line.get('activity')} of {line.get('workflow_id')}"
            )
        if line["kind"] == "attempt-start" and line.get("subject") != app.subject_of(ids[0]):
            yield Finding(place_of(line), f"{ids[0]} is not about {line.get('subject')}")
        if line["kind"] == "execution-closed" and line.get("workflow_id") not in known:
            yield Finding(place_of(line), f"there is no history of {line.get('workflow_id')}")


def _of_the_replays(histories: Mapping[str, Sequence[Event]], lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        if line["kind"] != "replayed":
            continue
        name = str(line.get("file"))
        if name != file_of(str(line.get("run_id"))) or name not in histories:
            yield Finding(place_of(line), f"there is no history {FOLDER}/{name}")
        elif line.get("workflow_id") != workflow_id_of(histories[name]):
            yield Finding(place_of(line), f"{FOLDER}/{name} is not of {line.get('workflow_id')}")
        elif line.get("outcome") == "ok" and line.get("tasks_completed") != tasks_completed(histories[name]):
            yield Finding(place_of(line), f"{FOLDER}/{name} holds {tasks_completed(histories[name])} completed tasks")


def _of_the_policies(histories: Iterable[Sequence[Event]], lines: Sequence[Line]) -> Iterator[Finding]:
    found: list[Mapping[str, Any]] = []
    for events in histories:
        found += [policy for policy in policies_of(events) if policy not in found]
    told: list[Mapping[str, Any]] = [{name: line.get(name) for name in found[0]} if found else {} for line in lines]
    for line, policy in zip(lines, told, strict=True):
        if policy not in found:
            yield Finding(place_of(line), f"no history has this policy of {line.get('activity')}")
    for policy in found:
        if policy not in told:
            yield Finding(FOLDER, f"no journal mentions this policy of {policy['activity']}")
