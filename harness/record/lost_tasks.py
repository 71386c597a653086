"""Workflow tasks as work that a fault can be felt by: a worker may die while it holds nothing else.

Data flow: faults and histories → **faults as felt** → record. An attempt log knows activities alone, so the fault
itself cannot tell; the history names the worker that had taken a task which then ran out of time, or stood still in it,
or in whose own queue a task ran out of time, because it kept the workflow in mind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from harness.record.history_facts import HistoryFacts
from harness.record.record import FaultRecord

DEADLOCK = "TMPRL1101"
"""The SDK's word for a workflow that did not yield for two seconds. A worker that stood still looks just like it."""


class Lost(NamedTuple):
    """The workflows, by id, whose tasks a fault cost: a worker held them, or they waited for one."""

    held: Sequence[str]
    waited: Sequence[str]


def taken_and_lost(facts: Iterable[HistoryFacts]) -> Mapping[str, Sequence[str]]:
    """Worker → the workflow ids whose tasks it had taken and did not complete."""
    lost: dict[str, list[str]] = defaultdict(list)
    for each in facts:
        for task in each.lost_tasks:
            if task.started:
                lost[task.worker].append(each.workflow_id)
        for failure, worker in zip(each.task_failures, each.failed_on, strict=False):
            if DEADLOCK in failure:
                lost[worker].append(each.workflow_id)
    return lost


def waited_and_lost(facts: Iterable[HistoryFacts]) -> Mapping[str, Sequence[str]]:
    """Worker → the workflow ids whose tasks waited for it, and for nobody else, until they ran out of time."""
    lost: dict[str, list[str]] = defaultdict(list)
    for each in facts:
        for task in each.lost_tasks:
            if task.worker and not task.started:
                lost[task.worker].append(each.workflow_id)
    return lost


def lost_to(faults: Iterable[FaultRecord], facts: Sequence[HistoryFacts]) -> Mapping[str, Lost]:
    """Fault id → the workflow ids whose tasks it cost: those that a worker held, and those that waited for one.

    A history does not say when, by this host's clock: what waited is put down to what struck the worker last.
    """
    faults, taken, waited = list(faults), taken_and_lost(facts), waited_and_lost(facts)
    strikes = [(strike, fault) for fault in faults for strike in fault.struck if strike.kind == "worker"]
    strikes.sort(key=lambda struck: struck[0].since_seconds)
    last = {strike.name: fault.fault_id for strike, fault in strikes}
    lost = {}
    for fault in faults:
        workers = {strike.name for strike in fault.struck if strike.kind == "worker"}
        held = {task for worker in workers for task in taken.get(worker, ())}
        kept = {task for worker in workers if last[worker] == fault.fault_id for task in waited.get(worker, ())}
        lost[fault.fault_id] = Lost(sorted(held), sorted(kept))
    return lost


def felt_by_tasks(faults: Sequence[FaultRecord], facts: Sequence[HistoryFacts]) -> tuple[FaultRecord, ...]:
    """The faults, those felt too that nobody noticed but a worker which they struck while it had a workflow task."""
    lost, felt = lost_to(faults, facts), []
    for fault in faults:
        held, waited = lost[fault.fault_id]
        if fault.felt is None and held:
            fault = replace(fault, felt=f"held a workflow task of {_named(held)}")
        elif fault.felt is None and waited:
            fault = replace(fault, felt=f"workflow tasks of {_named(waited)} waited for it")
        felt.append(fault)
    return tuple(felt)


def _named(tasks: Sequence[str]) -> str:
    more = f" and {len(tasks) - 3} more" if len(tasks) > 3 else ""
    return f"{', '.join(tasks[:3])}{more}"
