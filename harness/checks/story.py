"""The story of one business act, in time order: what a reader needs to see the cause without opening a log.

Where it stands: record → **lines of a finding** → report. Every check that speaks of one subject tells it in this way.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.record import Attempt, Record

AFTERMATH_SECONDS = 10.0
"""A fault this soon after the last that is known of an act may be why nothing more is."""

TELLING = ("replayed", "conflict", "in_flight", "refused", "error", "dropped", "unanswered")
"""Outcomes of requests that are told; an accepted one is told as its effect."""


def story_of(record: Record, act: str) -> tuple[str, ...]:
    """What is known of one act: operations, attempts, deaths of their workers, requests, effects, faults, the end.

    :param act: a reference ("INV-0001"), maybe after words and a space, maybe with more after a slash.
    """
    reference = act.split("/")[0].split(" ")[-1]
    began = record.phases[0].entered_seconds if record.phases else 0.0
    lines = list(_lines(record, reference))
    if lines:
        first, last = min(lines)[0], max(lines)[0] + AFTERMATH_SECONDS
        for fault in record.faults:
            if fault.injected_seconds is not None and first <= fault.injected_seconds <= last:
                lines.append((fault.injected_seconds, f"FAULT {fault.fault_id}: {fault.landed or fault.description}"))
    return (
        *(f"{at - began:8.3f} s  {text}" for at, text in sorted(lines)),
        *(f"{'at the end':>10}  {text}" for text in _unfinished(record, reference)),
    )


def _lines(record: Record, reference: str) -> Iterator[tuple[float, str]]:
    for operation in record.operations:
        if operation.subject == reference:
            yield operation.invoked_seconds, f"{operation.name} asked for ({operation.outcome.value})"
    yield from _attempts(record, reference)
    for request in record.world_attempts:
        if request.reference == reference and request.outcome in TELLING:
            status = f" ({request.status})" if request.status else ""
            yield request.at_seconds, f"{request.service} was asked for {request.operation}: {request.outcome}{status}"
    for effect in record.effects:
        if effect.reference == reference:
            key = f" under {effect.key}" if effect.key else " without a key"
            yield effect.at_seconds, f"{effect.service} accepted {effect.operation}{key}"
    for resumption in record.resumed:
        if _about(resumption.workflow_id, reference):
            yield resumption.at_seconds, f"{resumption.workflow_id} was resumed"
    for execution in record.executions:
        if execution.closed_seconds is not None and _about(execution.workflow_id, reference):
            state = f" ({execution.state})" if execution.state else ""
            yield execution.closed_seconds, f"{execution.workflow_id} ended: {execution.status}{state}"


def _attempts(record: Record, reference: str) -> Iterator[tuple[float, str]]:
    deaths = {(event.name, event.pid): event for event in record.processes if event.event in ("killed", "died")}
    told = set()
    for attempt in record.attempts:
        if not _about(attempt.workflow_id, reference):
            continue
        yield attempt.started_seconds, _in_words(attempt)
        death = deaths.get((attempt.worker, attempt.pid))
        if attempt.ended_seconds is None and death is not None and death not in told:
            told.add(death)
            yield (
                death.at_seconds,
                f"{death.name} (process {death.pid}) {'was ' * (death.event == 'killed')}{death.event}",
            )


def _unfinished(record: Record, reference: str) -> Iterator[str]:
    for execution in record.executions:
        if execution.status == "RUNNING" and _about(execution.workflow_id, reference):
            yield f"{execution.workflow_id} is still running ({execution.state or 'no state'})"


def _about(workflow_id: str, reference: str) -> bool:
    return workflow_id == reference or workflow_id.endswith(f"-{reference}")


def _in_words(attempt: Attempt) -> str:
    end = attempt.outcome or "cut short: it never reported an end"
    error = f" ({attempt.error})" if attempt.error else ""
    return f"{attempt.activity} attempt {attempt.attempt} on {attempt.worker}: {end}{error}"
