"""How a local activity ended: as a job for the workflow, and as the marker that a history keeps of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import RetryState
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.answers import Marker
from harness.sim.surface import WorkflowActivationJob
from harness.sim.worker.outgoing import plain
from harness.sim.worker.reading import LOCAL


@dataclass(frozen=True)
class LocalOutcome:
    """One local activity's end. Times are nanoseconds since 1970.

    :param index: in which activation of its task the workflow heard of it.
    :param backoff: how long to wait before it is tried again, by a timer of the workflow; 0 when it has ended.
    :param replayed: whether it was read from a history.
    """

    seq: int
    activity_id: str
    activity_type: str
    attempt: int
    time: int
    scheduled: int
    index: int
    backoff: int = 0
    result: Payload | None = None
    failure: Failure | None = None
    replayed: bool = False

    @cached_property
    def marker(self) -> Marker:
        """What the history keeps."""
        said = {
            "seq": self.seq,
            "attempt": self.attempt,
            "activity_id": self.activity_id,
            "activity_type": self.activity_type,
            "complete_time": _parts(self.time),
            "backoff": _parts(self.backoff) if self.backoff else None,
            "original_schedule_time": _parts(self.scheduled),
            "activation_index": self.index,
        }
        details = {"data": plain(json.dumps(said, separators=(",", ":")))}
        if self.result is not None:
            details["result"] = Payloads(payloads=[self.result])
        return Marker(LOCAL, details, self.failure)

    def job(self) -> WorkflowActivationJob:
        """What the workflow is told."""
        job = WorkflowActivationJob()
        job.resolve_activity.seq, job.resolve_activity.is_local = self.seq, True
        result = job.resolve_activity.result
        if self.backoff:
            result.backoff.attempt = self.attempt + 1
            result.backoff.backoff_duration.FromNanoseconds(self.backoff)
            result.backoff.original_schedule_time.FromNanoseconds(self.scheduled)
        elif self.failure is not None:
            result.failed.failure.CopyFrom(self._told(self.failure))
        else:
            result.completed.SetInParent()
            if self.result is not None:
                result.completed.result.CopyFrom(self.result)
        return job

    def _told(self, failure: Failure) -> Failure:
        """A time-out is told as that of an activity, with a cause, but in a replay without; any other failure as it is.

        The SDK keeps the cause alone in the marker and tells that in a replay (temporalio 1.35, on a server): a
        workflow that catches the one does not catch the other, so it does not replay. The simulator does the same.
        """
        if self.replayed or not failure.HasField("timeout_failure_info"):
            return failure
        told = Failure(message="Local Activity timed out", cause=failure)
        said = told.activity_failure_info
        said.activity_type.name, said.activity_id = self.activity_type, self.activity_id
        said.retry_state = RetryState.RETRY_STATE_CANCEL_REQUESTED
        return told


def outcome_of(event: HistoryEvent) -> LocalOutcome:
    """Read a marker."""
    marker = event.marker_recorded_event_attributes
    said = json.loads(marker.details["data"].payloads[0].data)
    result = marker.details["result"].payloads[0] if "result" in marker.details else None
    return LocalOutcome(
        seq=said["seq"],
        activity_id=said["activity_id"],
        activity_type=said["activity_type"],
        attempt=said["attempt"],
        time=_whole(said["complete_time"]),
        scheduled=_whole(said["original_schedule_time"]),
        index=said.get("activation_index", 0),
        backoff=_whole(said["backoff"]) if said["backoff"] else 0,
        result=result,
        failure=marker.failure if marker.HasField("failure") else None,
        replayed=True,
    )


def _parts(nanoseconds: int) -> dict[str, int]:
    return {"seconds": nanoseconds // SECOND, "nanos": nanoseconds % SECOND}


def _whole(parts: dict[str, Any]) -> int:
    return int(parts["seconds"]) * SECOND + int(parts["nanos"])
