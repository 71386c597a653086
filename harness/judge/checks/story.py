"""The story of one business act, in time order: what a reader needs to see the cause without opening a log.

Data flow: record → **lines of a finding** → report. Every check that speaks of one subject tells it in this way.
The record is gone through once, however many stories are told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from harness.record.record import Attempt, Execution, ProcessEvent, Record

AFTERMATH_SECONDS = 10.0
"""A fault this soon after the last that is known of an act may be why nothing more is."""

TELLING = ("replayed", "conflict", "in_flight", "refused", "error", "dropped", "unanswered")
"""Outcomes of requests that are told; an accepted one is told as its effect."""

LAST_WORDS = "\U0010ffff"
"""Sorts after every line of the same instant."""

Line: TypeAlias = tuple[float, str]


def story_of(record: Record, act: str) -> tuple[str, ...]:
    """What is known of one act: operations, attempts, deaths of their workers, requests, effects, faults, the end.

    :param act: a subject ("INV-0001"), maybe after words and a space, maybe with more after a slash.
    """
    told = record.once(_Told)
    subject = act if told.knows(act) else act.split("/")[0].split(" ")[-1]
    began = record.phases[0].entered_seconds if record.phases else 0.0
    lines = told.lines(subject)
    if lines:
        first, last = min(lines)[0], max(lines)[0] + AFTERMATH_SECONDS
        lines += told.faults(first, last)
    return (
        *(f"{at - began:8.3f} s  {text}" for at, text in sorted(lines)),
        *(f"{'at the end':>10}  {text}" for text in told.unfinished(subject)),
    )


class _Told:
    """All lines of a record by subject; those of a subject's attempts are made when its story is told."""

    def __init__(self, record: Record) -> None:
        self._lines: dict[str, list[Line]] = defaultdict(list)
        self._attempts: dict[str, list[Attempt]] = defaultdict(list)
        self._running: dict[str, list[Execution]] = defaultdict(list)
        self._deaths = {
            (event.name, event.pid): event for event in record.processes if event.event in ("killed", "died")
        }
        self._faults = sorted(
            (fault.injected_seconds, f"FAULT {fault.fault_id}: {fault.landed or fault.description}")
            for fault in record.faults
            if fault.injected_seconds is not None
        )
        for subject, line in _lines(record):
            self._lines[subject].append(line)
        for attempt in record.attempts:
            self._attempts[attempt.subject].append(attempt)
        for execution in record.executions:
            if execution.status == "RUNNING":
                self._running[execution.subject].append(execution)

    def knows(self, subject: str) -> bool:
        """Whether anything is known of it."""
        return subject in self._lines or subject in self._attempts or subject in self._running

    def lines(self, subject: str) -> list[Line]:
        """What happened, each with its instant, in a list of the caller's own."""
        return [*self._lines.get(subject, ()), *self._of_attempts(subject)]

    def faults(self, first: float, last: float) -> list[Line]:
        """What was broken from one instant to the other."""
        return self._faults[bisect_left(self._faults, (first,)) : bisect_right(self._faults, (last, LAST_WORDS))]

    def unfinished(self, subject: str) -> Iterator[str]:
        """What still runs."""
        for execution in self._running.get(subject, ()):
            yield f"{execution.workflow_id} is still running ({execution.state or 'no state'})"

    def _of_attempts(self, subject: str) -> Iterator[Line]:
        told: set[ProcessEvent] = set()
        for attempt in self._attempts.get(subject, ()):
            yield attempt.started_seconds, _in_words(attempt)
            death = self._deaths.get((attempt.worker, attempt.pid))
            if attempt.ended_seconds is None and death is not None and death not in told:
                told.add(death)
                was = "was " if death.event == "killed" else ""
                yield death.at_seconds, f"{death.name} (process {death.pid}) {was}{death.event}"


def _lines(record: Record) -> Iterator[tuple[str, Line]]:
    """Subject and line of everything but attempts."""
    for operation in record.operations:
        said = f"{operation.name} asked for ({operation.outcome.value})"
        yield operation.subject, (operation.invoked_seconds, said)
    for request in record.world_attempts:
        if request.outcome in TELLING:
            status = f" ({request.status})" if request.status else ""
            said = f"{request.service} was asked for {request.operation}: {request.outcome}{status}"
            yield request.reference, (request.at_seconds, said)
    for effect in record.effects:
        key = f" under {effect.key}" if effect.key else " without a key"
        yield effect.reference, (effect.at_seconds, f"{effect.service} accepted {effect.operation}{key}")
    for resumption in record.resumed:
        yield resumption.subject, (resumption.at_seconds, f"{resumption.workflow_id} was resumed")
    for execution in record.executions:
        if execution.closed_seconds is not None:
            state = f" ({execution.state})" if execution.state else ""
            said = f"{execution.workflow_id} ended: {execution.status}{state}"
            yield execution.subject, (execution.closed_seconds, said)


def _in_words(attempt: Attempt) -> str:
    end = attempt.outcome or "cut short: it never reported an end"
    error = f" ({attempt.error})" if attempt.error else ""
    return f"{attempt.activity} attempt {attempt.attempt} on {attempt.worker}: {end}{error}"
