"""Updates: admitted, given to a worker with the next task, accepted or rejected there, completed.

One that is sent again under the same id is found, and answered as the first.
"""

from __future__ import annotations

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.failure.v1 import Failure
from temporalio.api.update.v1 import Outcome, Request

from harness.sim.server.execution import Execution, Update
from harness.sim.server.tasks import begin_at_once, schedule_task
from harness.sim.surface import WorkflowCommand

IN_FLIGHT_AT_MOST = 10
"""What a server lets be under way at once."""

CUT_OFF = "Workflow Update failed because the Workflow completed before the Update completed."


def known_update(run: Execution | None, update_id: str) -> Update | None:
    """The update of this id that a run has accepted, also one that has ended: its answer is kept with the history."""
    known = run.updates.get(update_id) if run is not None else None
    return known if known is not None and known.accepted_id else None


def admit_update(run: Execution, request: Request, *, pinned: bool) -> Update:
    """Take an update, or find the one of this id.

    :param pinned: it is for this run, and not for one that may follow.
    """
    known = run.updates.get(request.meta.update_id)
    if known is not None:
        return known
    return _take(run, Update(request, len(run.updates), pinned))


def _take(run: Execution, update: Update) -> Update:
    run.updates[update.request.meta.update_id] = update
    begin_at_once(run)
    schedule_task(run, speculative=True)
    return update


def in_flight(run: Execution) -> int:
    """How many have not come to an end."""
    return sum(update.outcome is None for update in run.updates.values())


def respond_to_update(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """A worker accepts, rejects or completes an update."""
    said = command.update_response
    update = run.updates[said.protocol_instance_id]
    kind = said.WhichOneof("response")
    if kind == "accepted":
        _accept(run, update, completed_id)
    elif kind == "rejected" and not update.accepted_id:
        reject_update(run, update, said.rejected)
    elif kind == "rejected":
        _complete(run, update, Outcome(failure=said.rejected))
    else:
        outcome = Outcome()
        outcome.success.payloads.append(said.completed)
        _complete(run, update, outcome)


def _accept(run: Execution, update: Update, completed_id: int) -> None:
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
    said = event.workflow_execution_update_accepted_event_attributes
    said.protocol_instance_id = update.request.meta.update_id
    said.accepted_request_message_id = f"{update.request.meta.update_id}/request"
    said.accepted_request_sequencing_event_id = completed_id - 2  # where the task was scheduled
    said.accepted_request.CopyFrom(update.request)
    update.accepted_id = event.event_id
    for tell in update.on_accepted:
        tell()


def _complete(run: Execution, update: Update, outcome: Outcome) -> None:
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)
    said = event.workflow_execution_update_completed_event_attributes
    said.meta.CopyFrom(update.request.meta)
    said.accepted_event_id = update.accepted_id
    said.outcome.CopyFrom(outcome)
    _tell(update, outcome)


def reject_update(run: Execution, update: Update, failure: Failure) -> None:
    """Nothing stays of it: asked again under the same id, it is a new one."""
    run.updates.pop(update.request.meta.update_id, None)
    _tell(update, Outcome(failure=failure))


def cut_off_updates(run: Execution) -> None:
    """The run has ended: what was accepted has failed, what was only admitted is for the run that follows, if any."""
    waiting = _waiting(run) if run.follows is not None else []
    for update in list(run.updates.values()):
        if update.outcome is None and update not in waiting:
            failure = Failure(message=CUT_OFF, source="Server")
            failure.application_failure_info.type = "AcceptedUpdateCompletedWorkflow"
            failure.application_failure_info.non_retryable = True
            _tell(update, Outcome(failure=failure) if update.accepted_id else None)


def hand_over_updates(run: Execution, following: Execution) -> None:
    """A server asks the run that follows in its caller's place."""
    for update in _waiting(run):
        del run.updates[update.request.meta.update_id]
        update.order = len(following.updates)
        _take(following, update)


def _waiting(run: Execution) -> list[Update]:
    return [each for each in run.updates.values() if not (each.accepted_id or each.outcome or each.pinned)]


def _tell(update: Update, outcome: Outcome | None) -> None:
    update.outcome = outcome
    for tell in update.on_outcome:
        tell(outcome)
    update.on_outcome.clear()
