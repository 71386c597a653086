"""Reads a run directory back into a `Record`. The same function serves the run itself and `assay check`.

Data flow: journal files, `run.json` and `input.json` → **record**. A record that ends too early (the harness was
killed, or interrupted) is read all the same and says so in ``interrupted``; nothing read from it can become VALID.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.record.attachments import ATTACHMENTS, AttachmentFolder
from harness.record.fault_reader import faults_of
from harness.record.history_facts import FailedActivity, HistoryFacts, LostTask, Replayed, Resumption, RetriedAfter
from harness.record.journal import read_journals
from harness.record.lines import Line, at, pick, place_of
from harness.record.lost_tasks import felt_by_tasks
from harness.record.operation_reader import operations_of
from harness.record.record import (
    GIVEN_UP,
    WORKFLOW_TASK_TIMEOUT_SECONDS,
    ActivityPolicy,
    Attempt,
    Execution,
    GeneratorRecord,
    Phase,
    ProcessEvent,
    Record,
    RunInfo,
    Sample,
)
from harness.record.rundir import read_run_info
from harness.record.world_reader import world_part
from harness.typed import made

ATTEMPT_END_FIELDS = ("outcome", "error", "error_type", "retryable", "next_retry_delay_seconds")
"""What the end of an attempt adds to its start."""


def read_record(folder: Path, lines: Sequence[Line] | None = None) -> Record:
    """The record of the run in ``folder``.

    :param lines: those of its journals, where they have been read already.
    :raises UsageError: the folder holds no ``run.json``, or one that Assay did not write, or a line that is none.
    """
    run = read_run_info(folder)
    lines = read_journals(folder / "journal") if lines is None else lines
    input_file = folder / "input.json"
    given = json.loads(input_file.read_text(encoding="utf-8")) if input_file.is_file() else None
    return record_of(run, lines, given, AttachmentFolder(folder / ATTACHMENTS))


def record_of(run: RunInfo, lines: Sequence[Line], given: Any, attachments: Mapping[str, bytes]) -> Record:
    """The record of a run whose journals are in memory.

    :param lines: those of all its journals, in the order of time.
    :param given: what the workload says of itself.
    :param attachments: what came with effects: digest → bytes.
    :raises UsageError: a line is none that Assay wrote.
    """
    by_kind: dict[str, list[Line]] = {}
    for line in lines:
        by_kind.setdefault(line["kind"], []).append(line)
    facts = tuple(_facts(line) for line in by_kind.get("history-facts", []))
    world = world_part(lines)
    timeouts = (each.workflow_task_timeout_seconds for each in facts if each.workflow_task_timeout_seconds)
    return Record(
        run=run,
        operations=operations_of(by_kind.get("invoke", []), by_kind.get("return", [])),
        attempts=attempts_of(lines),
        faults=felt_by_tasks(faults_of(by_kind.get("fault-planned", []), by_kind.get("fault", [])), facts),
        effects=world.effects,
        world_attempts=world.world_attempts,
        webhooks=world.webhooks,
        executions=_executions(by_kind.get("execution", []), by_kind.get("execution-closed", [])),
        phases=_phases(by_kind.get("phase", [])),
        processes=tuple(pick(ProcessEvent, line) for line in by_kind.get("process", [])),
        samples=tuple(pick(Sample, line) for line in by_kind.get("sample", [])),
        policies=tuple(_frozen(pick(ActivityPolicy, line)) for line in by_kind.get("policy", [])),
        facts=facts,
        workflow_task_timeout_seconds=max(timeouts, default=WORKFLOW_TASK_TIMEOUT_SECONDS),
        replays=tuple(pick(Replayed, line) for line in by_kind.get("replayed", [])),
        resumed=tuple(pick(Resumption, line) for line in by_kind.get("resumed", [])),
        generators=tuple(_generator(line) for line in by_kind.get("generator", [])),
        shown=dict(_shown(line) for line in by_kind.get("shown", [])),
        attachments=attachments,
        input=given,
        steady=next((line.get("reached") is True for line in by_kind.get("steady-state", [])), None),
        interrupted=_interrupted(by_kind),
        given_up=next((str(line.get("reason")) for line in by_kind.get(GIVEN_UP, [])), None),
    )


def _shown(line: Line) -> tuple[str, Mapping[str, Any]]:
    with at(line):
        return str(line["subject"]), dict(line["detail"])


def _frozen(policy: ActivityPolicy) -> ActivityPolicy:
    """JSON has no tuples."""
    return replace(policy, non_retryable_error_types=tuple(policy.non_retryable_error_types))


def _generator(line: Line) -> GeneratorRecord:
    generator: GeneratorRecord = pick(GeneratorRecord, line)
    return replace(generator, reasons=tuple(generator.reasons))


def _facts(line: Line) -> HistoryFacts:
    facts: HistoryFacts = pick(HistoryFacts, line)
    place = place_of(line)
    return replace(
        facts,
        task_failures=tuple(facts.task_failures),
        failed_on=tuple(facts.failed_on),
        lost_tasks=tuple(made(LostTask, lost, place) for lost in line.get("lost_tasks", ())),
        open_activities=tuple(facts.open_activities),
        cancelled_activities=tuple(facts.cancelled_activities),
        workers=tuple(facts.workers),
        failed_activities=tuple(made(FailedActivity, failed, place) for failed in line.get("failed_activities", ())),
        retried_after=tuple(made(RetriedAfter, retried, place) for retried in line.get("retried_after", ())),
    )


def attempts_of(lines: Iterable[Line]) -> tuple[Attempt, ...]:
    """Every activity attempt in the lines, in the order of their starts, with its end where there was one."""
    attempts: dict[tuple[Any, ...], Attempt] = {}
    for line in lines:
        if line["kind"] not in ("attempt-start", "attempt-end"):
            continue
        with at(line):
            key = (line["worker"], line["run_id"], line["activity_id"], line["attempt"], line.get("rerun", 0))
            if line["kind"] == "attempt-start":
                attempts[key] = pick(Attempt, line, started_seconds=line["at_seconds"])
            elif key in attempts:
                ends = {"ended_seconds": line["at_seconds"]}
                ends |= {name: line[name] for name in ATTEMPT_END_FIELDS if name in line}
                attempts[key] = made(Attempt, {**attempts[key].__dict__, **ends}, place_of(line))
    return tuple(attempts.values())


def _executions(lines: Sequence[Line], closed: Sequence[Line]) -> tuple[Execution, ...]:
    seen_closed: dict[str, float] = {}
    for line in closed:
        with at(line):
            seen_closed[line["workflow_id"]] = line["at_seconds"]
    # What was seen to close is the workflow: its last run, and not those that went on in another.
    return tuple(
        pick(
            Execution,
            line,
            failure_types=tuple(line.get("failure_types", ())),
            closed_seconds=None
            if line.get("status") == "CONTINUED_AS_NEW"
            else seen_closed.get(line.get("workflow_id", "")),
        )
        for line in lines
    )


def _phases(lines: Sequence[Line]) -> tuple[Phase, ...]:
    entered: dict[str, float] = {}
    left: dict[str, float] = {}
    for line in lines:
        with at(line):
            {"entered": entered, "left": left}[line["event"]][line["name"]] = line["at_seconds"]
    return tuple(Phase(name, at, left.get(name)) for name, at in entered.items())


def _interrupted(by_kind: Mapping[str, Sequence[Line]]) -> str | None:
    if by_kind.get("interrupted"):
        return str(by_kind["interrupted"][0].get("reason"))
    left = [str(line["name"]) for line in by_kind.get("phase", []) if line["event"] == "left"]
    if "final-reads" not in left:
        return f"the run ended before its final reads (last phase left: {left[-1] if left else 'none'})"
    return None
