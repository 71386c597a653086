"""What the replayer answered and what was seen meanwhile → the result of one history."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.worker import WorkflowReplayResult

from harness.application.imported import is_theirs
from harness.record.history_reader import tasks_completed
from harness.replay.divergence import divergence_in
from harness.replay.drift.compare import drifts_in
from harness.replay.drift.served import Served, unserved_in
from harness.replay.reasons import DIVERGED, DRIFTED, RAISED, REPLAYED
from harness.replay.replayer import LINE_OF_TRACE, reason_of
from harness.replay.result import Result
from harness.sim.surface.replaying import Watched


async def result_of(
    replayed: WorkflowReplayResult, seen: Watched, made: Mapping[str, Any], served: Served | None = None
) -> Result:
    """The result of the history that was just replayed.

    :param made: the options of the worker that it was replayed as.
    :param served: what the workers serve, to compare also what the SDK's replayer does not.
    """
    events = replayed.history.events
    reason, message = reason_of(replayed.replay_failure, seen)
    workflow_type = events[0].workflow_execution_started_event_attributes.workflow_type.name
    result = Result(reason, message, workflow_type, tasks_completed(events))
    if reason == DIVERGED:
        where = divergence_in(events, seen, message)
        return dataclasses.replace(result, recorded=where.recorded, commanded=where.commanded, places=where.places)
    if reason == RAISED:
        for last in reversed(seen.activations):
            if last.failure is not None:
                event = f"event {last.started_id} WorkflowTaskStarted"
                return dataclasses.replace(result, recorded=event, places=_raised_at(last.failure) or last.begins)
    if reason == REPLAYED and served is not None:
        converter = made.get("data_converter")
        found = await drifts_in(events, seen.activations, converter.payload_codec if converter else None)
        found = (*found, *unserved_in(events, seen, served))
        return dataclasses.replace(result, reason=DRIFTED if found else REPLAYED, drifts=found)
    return result


def _raised_at(failure: Failure) -> tuple[str, ...]:
    """The lines of the application in the traces of a failure and its causes, the innermost first."""
    traces = [failure.stack_trace]
    while failure.HasField("cause"):
        failure = failure.cause
        traces.append(failure.stack_trace)
    found = [f"{file}:{line}" for trace in traces for file, line in LINE_OF_TRACE.findall(trace) if is_theirs(file)]
    return tuple(found[::-1][:4])
