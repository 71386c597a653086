"""What becomes of the commands that workflow code makes, before a server hears of them.

SDK Core keeps some back: a timer that is set and cancelled in the same task was never set, a cancellation that is not
waited for is answered at once, a patch that was noted before is not noted again. What ends the run goes last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from temporalio.api.common.v1 import Payload, Payloads

from harness.sim.refusal import NotSimulated
from harness.sim.server.answers import Marker
from harness.sim.server.commands import CLOSES
from harness.sim.surface import (
    ActivityCancellationType,
    ChildWorkflowCancellationType,
    ScheduleLocalActivity,
    WorkflowActivationJob,
    WorkflowCommand,
)
from harness.sim.worker.child_jobs import child_ended, child_never_started
from harness.sim.worker.jobs import Jobs, Machines, cancelled_activity
from harness.sim.worker.reading import PATCH

CHANGES = "TemporalChangeVersion"
KEPT = frozenset(
    {
        *("signal_external_workflow_execution", "request_cancel_external_workflow_execution", "schedule_activity"),
        *("start_child_workflow_execution", "upsert_workflow_search_attributes", "modify_workflow_properties"),
        "update_response",
    }
)
"""Commands that go to the server as they are."""


@dataclass
class Outgoing:
    """The commands of one workflow task.

    :ivar sent: what the server is told, in order; without what ends the run.
    :ivar local: local activities that are to be run in this task.
    """

    machines: Machines
    where: str
    sent: list[WorkflowCommand | Marker] = field(default_factory=list)
    last: WorkflowCommand | None = None
    local: dict[int, ScheduleLocalActivity] = field(default_factory=dict)

    @property
    def commands(self) -> list[WorkflowCommand | Marker]:
        """All of them, as the server is told."""
        return [*self.sent, self.last] if self.last is not None else self.sent

    def take(self, commands: Iterable[WorkflowCommand]) -> Jobs:
        """Take what one activation commanded; returns what is answered at once, in a further activation."""
        jobs: Jobs = []
        for command in commands:
            kind = command.WhichOneof("variant") or "nothing"
            if kind in KEPT:
                self.sent.append(command)
            elif kind in CLOSES:
                self.last = self.last or command
            else:
                jobs += self._special(kind, command)
        return jobs

    def _special(self, kind: str, command: WorkflowCommand) -> Jobs:
        if kind == "start_timer":
            self.machines.timers.add(command.start_timer.seq)
            self.sent.append(command)
        elif kind == "cancel_timer":
            self._cancel_timer(command)
        elif kind == "request_cancel_activity":
            return self._cancel_activity(command)
        elif kind == "cancel_child_workflow_execution":
            return self._cancel_child(command)
        elif kind == "cancel_signal_workflow":
            return self._cancel_signal(command.cancel_signal_workflow.seq)
        elif kind == "schedule_local_activity":
            self.local[command.schedule_local_activity.seq] = command.schedule_local_activity
        elif kind == "set_patch_marker":
            self._patch(command)
        else:
            raise NotSimulated(f"{self.where}: the command {kind} is not simulated")
        return []

    def _cancel_timer(self, command: WorkflowCommand) -> None:
        seq = command.cancel_timer.seq
        if seq in self.machines.timers:
            self.machines.timers.discard(seq)
            if not self._take_back("start_timer", seq):
                self.sent.append(command)

    def _cancel_activity(self, command: WorkflowCommand) -> Jobs:
        seq = command.request_cancel_activity.seq
        job = WorkflowActivationJob()
        job.resolve_activity.seq = seq
        unsent = self._take_back("schedule_activity", seq)
        if unsent is not None:
            job.resolve_activity.result.CopyFrom(cancelled_activity(0, 0, unsent.schedule_activity))
            return [job]
        known = next((e for e in self.machines.activities.items() if e[1].seq == seq), None)
        if known is None:
            return []
        event_id, wanted = known
        if wanted.cancellation_type != ActivityCancellationType.ABANDON:
            self.sent.append(command)
        if wanted.cancellation_type == ActivityCancellationType.WAIT_CANCELLATION_COMPLETED:
            return []
        del self.machines.activities[event_id]
        job.resolve_activity.result.CopyFrom(cancelled_activity(event_id, 0, wanted))
        return [job]

    def _cancel_child(self, command: WorkflowCommand) -> Jobs:
        seq = command.cancel_child_workflow_execution.child_workflow_seq
        unsent = self._take_back("start_child_workflow_execution", seq)
        if unsent is not None:
            return [child_never_started(unsent.start_child_workflow_execution)]
        known = next((e for e in self.machines.children.items() if e[1].seq == seq), None)
        if known is None:
            return []
        event_id, wanted = known
        if wanted.cancellation_type != ChildWorkflowCancellationType.ABANDON:
            self.sent.append(command)
        if wanted.cancellation_type in (
            ChildWorkflowCancellationType.ABANDON,
            ChildWorkflowCancellationType.TRY_CANCEL,
        ):
            del self.machines.children[event_id]
            return [child_ended(wanted, None)]
        return []

    def _cancel_signal(self, seq: int) -> Jobs:
        if self._take_back("signal_external_workflow_execution", seq) is None:
            return []
        job = WorkflowActivationJob()
        job.resolve_signal_external_workflow.seq = seq
        job.resolve_signal_external_workflow.failure.message = "Signal was cancelled before being sent"
        job.resolve_signal_external_workflow.failure.canceled_failure_info.SetInParent()
        return [job]

    def _patch(self, command: WorkflowCommand) -> None:
        wanted = command.set_patch_marker
        if wanted.patch_id in self.machines.patches:
            return
        self.machines.patches.append(wanted.patch_id)
        note = json.dumps({"id": wanted.patch_id, "deprecated": wanted.deprecated}, separators=(",", ":"))
        self.sent.append(Marker(PATCH, {"patch-data": plain(note)}))
        upsert = WorkflowCommand()
        shown = upsert.upsert_workflow_search_attributes.search_attributes.indexed_fields[CHANGES]
        listed = json.dumps(sorted(self.machines.patches), separators=(",", ":"))
        shown.CopyFrom(plain(listed).payloads[0])
        shown.metadata["type"] = b"KeywordList"
        self.sent.append(upsert)

    def _take_back(self, kind: str, seq: int) -> WorkflowCommand | None:
        """A command of this task that the server has not heard of yet."""
        for index, sent in enumerate(self.sent):
            if isinstance(sent, Marker) or sent.WhichOneof("variant") != kind:
                continue
            if getattr(sent, kind).seq == seq:
                del self.sent[index]
                return sent
        return None


def plain(text: str) -> Payloads:
    """JSON as Core writes it into a marker."""
    return Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=text.encode())])
