"""Does a workflow task: brings the run up to date, lets it go on, waits for its local activities, and answers.

With a crash at every task the run is let go after each, rebuilt from its history for the next, and what it commands the
second time must be the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.failure.v1 import Failure

from harness.sim.kernel.guard import simulated
from harness.sim.refusal import NotSimulated
from harness.sim.server.answers import Answer, Heard, Marker, complete_task
from harness.sim.server.execution import Execution, Task
from harness.sim.server.tasks import SUGGEST_NEW_RUN_BYTES, SUGGEST_NEW_RUN_EVENTS, fail_task
from harness.sim.surface import WorkflowActivationJob, WorkflowCommand
from harness.sim.worker.cached import Cached, TaskFailed
from harness.sim.worker.local import run_local
from harness.sim.worker.local_markers import LocalOutcome
from harness.sim.worker.matching_events import Nondeterminism
from harness.sim.worker.reading import Turn

if TYPE_CHECKING:
    from harness.sim.worker.process import Process

FAILED = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
NONDETERMINISTIC = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR


def work_on(worker: Process, run: Execution, task: Task, *, dies: bool) -> None:
    """Begin a workflow task. ``dies`` has the worker die when it is done, before it can say so."""
    try:
        with simulated(run.timeline):
            cached = _up_to_date(worker, run)
            cached.begin(run.history.events, _turn(cached, run, task), task.updates)
    except TaskFailed as failed:
        _fail(worker, run, task, FAILED, failed.failure)
    except Nondeterminism as different:
        worker.around.on_finding("nondeterminism", run, different.event_id, str(different))
        _fail(worker, run, task, NONDETERMINISTIC, Failure(message=str(different)))
    else:
        _go_on(worker, run, task, cached, dies=dies)


def ask(worker: Process, run: Execution, job: WorkflowActivationJob) -> WorkflowCommand:
    """Answer a query, also of a run that has ended.

    :raises TaskFailed: the code cannot be brought up to date, or does more than answer.
    """
    with simulated(run.timeline):
        cached = _up_to_date(worker, run)
        answer = cached.query(job, run.timeline.now, len(run.history.events))
    if not run.open:
        worker.forget(run)
    return answer


def rebuild(worker: Process, run: Execution) -> None:
    """Build a run from its whole history once more, and let it go."""
    worker.forget(run)
    try:
        with simulated(run.timeline):
            _up_to_date(worker, run)
    except (TaskFailed, Nondeterminism) as error:
        worker.around.on_finding("nondeterminism", run, len(run.history.events), str(error))
    worker.forget(run)


def _up_to_date(worker: Process, run: Execution) -> Cached:
    """The run as its history says it is, from the cache as far as it is there."""
    cached, kit = worker.cache.get(run.run_id), worker.around.kit.code_for(run)
    if cached is not None and (cached.busy or cached.instances is not kit.instances):
        # It has gone on with a task that the server has given up since, or another version of the code takes over.
        worker.forget(run)
        cached = None
    if cached is None:
        queue, name = run.options.task_queue, run.options.workflow_type
        definition = kit.workflows.get((queue, name))
        if definition is None and worker.around.kit.earlier is not None:
            raise TaskFailed(Failure(message=f"the queue {queue} serves no workflow {name}"))
        if definition is None:
            known = ", ".join(sorted(known for served_by, known in kit.workflows if served_by == queue)) or "none"
            raise NotSimulated(f"{run.workflow_id}: the queue {queue} serves no workflow {name}; it serves {known}")
        cached = Cached(
            kit.instances,
            definition,
            run_id=run.run_id,
            task_queue=run.options.task_queue,
            namespace=worker.around.namespace,
        )
        worker.cache[run.run_id] = cached
    for number, commands in enumerate(cached.replay(run.history.events), cached.counted):
        if run.commands:
            _compare(worker, run, number, commands)
    return cached


def _compare(worker: Process, run: Execution, number: int, commands: Sequence[WorkflowCommand | Marker]) -> None:
    for index, (first, again) in enumerate(zip_longest(run.commands[number], written(commands))):
        if first != again:
            message = f"task {number + 1}, command {index + 1}: rebuilt from the history it is another one"
            worker.around.on_finding("nondeterminism", run, run.history.next_id - 1, message)
            return


def _turn(cached: Cached, run: Execution, task: Task) -> Turn:
    events = run.history.events
    known = events[cached.position :]
    size = run.history.size_bytes()
    many = len(events) >= SUGGEST_NEW_RUN_EVENTS or size >= SUGGEST_NEW_RUN_BYTES
    return Turn(task.started_id, run.timeline.now, size, many, known)


def _go_on(worker: Process, run: Execution, task: Task, cached: Cached, *, dies: bool) -> None:
    if cached.local:
        run_local(worker, run, task, cached, partial(_hear, worker, run, task, cached, dies))
    elif dies:
        worker.die()
    else:
        run.timeline.after(run.lag(f"task {task.ordinal} answers"), _answer, worker, run, task, cached)


def _hear(worker: Process, run: Execution, task: Task, cached: Cached, dies: bool, outcome: LocalOutcome) -> None:
    """A local activity has ended: let the workflow go on."""
    try:
        with simulated(run.timeline):
            cached.resolve_local([outcome])
    except TaskFailed as failed:
        _fail(worker, run, task, FAILED, failed.failure)
    else:
        _go_on(worker, run, task, cached, dies=dies)


def _answer(worker: Process, run: Execution, task: Task, cached: Cached) -> None:
    commands = list(cached.commands)
    heard = complete_task(run, task, Answer(commands, cached.new_flags), worker)
    around, counted = worker.around, heard is Heard.COUNTED
    if counted and around.crash_every_task:
        run.commands.append(written(commands))
    if worker.cache.get(run.run_id) is not cached:
        return
    if counted and run.open and not around.crash_every_task:
        try:
            cached.settle(run.history.events)
        except Nondeterminism as error:
            around.on_finding("defect", run, error.event_id, f"the simulator lost count: {error}")
            worker.forget(run)
    elif counted and not run.open and around.crash_every_task:
        rebuild(worker, run)
    elif heard is Heard.NO_TRACE and not around.crash_every_task:
        cached.busy = False
    else:
        worker.forget(run)


def _fail(
    worker: Process, run: Execution, task: Task, cause: WorkflowTaskFailedCause.ValueType, failure: Failure
) -> None:
    worker.forget(run)
    run.failures += 1
    run.failed_with = failure.message
    if task.attempt == 1:  # a later attempt says nothing, and is left to its time-out
        lag = run.lag(f"task {task.ordinal} answers")
        run.timeline.after(lag, fail_task, run, task, cause, failure, worker.identity)


def written(commands: Sequence[WorkflowCommand | Marker]) -> list[bytes]:
    """Commands as bytes; without rejections of updates, which leave nothing behind that could be rebuilt."""
    accepted: set[str] = set()
    made = []
    for command in commands:
        if isinstance(command, Marker):
            failure = command.failure.SerializeToString(deterministic=True) if command.failure is not None else b""
            details = (f"{k}={v.SerializeToString(deterministic=True)!r}" for k, v in sorted(command.details.items()))
            made.append(f"{command.name} {' '.join(details)}".encode() + failure)
            continue
        said = command.update_response
        if command.HasField("update_response"):
            if said.WhichOneof("response") == "accepted":
                accepted.add(said.protocol_instance_id)
            elif said.protocol_instance_id not in accepted and said.HasField("rejected"):
                continue
        made.append(command.SerializeToString(deterministic=True))
    return made
