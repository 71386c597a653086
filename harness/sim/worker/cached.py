"""A run in a worker's cache: the SDK's instance of the workflow, and how far into its history it is.

The same steps make a new task and a replay, so that what is rebuilt from a history is built of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Request

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.answers import Marker
from harness.sim.server.execution import Update
from harness.sim.server.server import instant
from harness.sim.surface import (
    DoUpdate,
    Instances,
    ScheduleLocalActivity,
    WorkflowActivation,
    WorkflowActivationJob,
    WorkflowCommand,
    WorkflowDefinition,
    WorkflowInstance,
    activate,
    evict,
    new_instance,
    workflow_info,
)
from harness.sim.worker.jobs import Jobs, Machines, in_order, jobs_of
from harness.sim.worker.local_markers import LocalOutcome, outcome_of
from harness.sim.worker.matching_events import match
from harness.sim.worker.outgoing import Outgoing
from harness.sim.worker.reading import Turn, turns


class TaskFailed(Exception):
    """The workflow code raised what fails its task, not its run."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Cached:
    """One run.

    :ivar instances: what makes its instance; two versions of the code have two of these.
    :ivar position: how many events of the history it has seen.
    :ivar counted: how many workflow tasks that counted it has done.
    :ivar busy: whether it has gone on with a task of which nobody has heard yet.
    """

    def __init__(
        self, instances: Instances, definition: WorkflowDefinition, *, run_id: str, task_queue: str, namespace: str
    ) -> None:
        self.instances, self._definition = instances, definition
        self._queue, self._namespace = task_queue, namespace
        self._instance: WorkflowInstance | None = None
        self._machines = Machines(run_id)
        self._flags: set[int] = set()
        self._where = definition.name or ""
        self._turn: Turn | None = None
        self._outgoing = Outgoing(self._machines, self._where)
        self.run_id = run_id
        self.position = 0
        self.counted = 0
        self.busy = False
        self.new_flags: list[int] = []

    def replay(self, events: Sequence[HistoryEvent]) -> Iterator[list[WorkflowCommand | Marker]]:
        """Go through all tasks that counted; gives the commands of each before they are held against the history.

        :raises TaskFailed: the code fails where it did not.
        :raises Nondeterminism: its commands are not those of the history.
        """
        for turn, behind in turns(events, self.position):
            self._flags.update(turn.flags)
            updates = [_accepted(event) for event in turn.made if event.event_type == ACCEPTED]
            self._begin(turn, [_do_update(u, again=True) for u in updates], replaying=True)
            for _, markers in groupby((outcome_of(event) for event in turn.local), key=lambda each: each.index):
                self.resolve_local(list(markers), replaying=True)
            yield self._outgoing.commands
            self._settle(turn.made, behind)

    def begin(self, events: Sequence[HistoryEvent], turn: Turn, updates: Sequence[Update]) -> None:
        """Do the task that is to be done now, as far as it goes without local activities.

        :raises TaskFailed: the code fails.
        """
        self.busy = True
        jobs = [_do_update(_requested(update), again=False) for update in updates]
        self._begin(turn, jobs, replaying=False)

    def settle(self, events: Sequence[HistoryEvent]) -> None:
        """The server has carried the commands out: find their events.

        :raises Nondeterminism: it has not.
        """
        # Behind the last workflow task that completed stand its commands' events, and then what waited for it.
        for turn, behind in turns(events, self.position):
            self._settle(turn.made, behind)

    def _settle(self, made: Sequence[HistoryEvent], behind: int) -> None:
        match(self._machines, self._outgoing.commands, made)
        self.position, self.busy = behind, False
        self.counted += 1

    @property
    def commands(self) -> list[WorkflowCommand | Marker]:
        """What the task under way has commanded up to now."""
        return self._outgoing.commands

    @property
    def local(self) -> dict[int, ScheduleLocalActivity]:
        """Local activities that the task under way waits for."""
        return dict(self._outgoing.local)

    def resolve_local(self, outcomes: Sequence[LocalOutcome], *, replaying: bool = False) -> None:
        """Local activities have come to an end, in one activation.

        :raises TaskFailed: the code fails.
        """
        assert self._turn is not None
        jobs = []
        for outcome in outcomes:
            del self._outgoing.local[outcome.seq]
            self._outgoing.sent.append(outcome.marker)
            jobs.append(outcome.job())
        time = max(outcome.time for outcome in outcomes)
        self._activate(jobs, self._turn, time, replaying=replaying)

    def query(self, job: WorkflowActivationJob, now: int, length: int) -> WorkflowCommand:
        """Ask the workflow something. Queries change nothing and stand alone in an activation."""
        assert self._instance is not None
        activation = WorkflowActivation(run_id=self.run_id, jobs=[job], history_length=length)
        activation.timestamp.FromNanoseconds(now)
        done = activate(self._instance, activation)
        if done.HasField("failed"):
            raise TaskFailed(done.failed.failure)
        return done.successful.commands[0]

    def evict(self, now: int) -> None:
        """Let the instance go."""
        if self._instance is not None:
            evict(self._instance, self.run_id, now)
            self._instance = None

    def _begin(self, turn: Turn, updates: Jobs, *, replaying: bool) -> None:
        self._turn, self.new_flags = turn, []
        self._outgoing = Outgoing(self._machines, self._where)
        jobs = [_notify(patch) for patch in turn.patches] if replaying else []
        for event in turn.news:
            jobs += jobs_of(self._machines, event)
        self._activate(in_order(jobs + updates), turn, turn.time, replaying=replaying)

    def _activate(self, jobs: Jobs, turn: Turn, time: int, *, replaying: bool) -> None:
        while jobs:
            if self._instance is None:
                self._instance = self._new(jobs, turn)
            activation = WorkflowActivation(
                run_id=self.run_id,
                jobs=jobs,
                is_replaying=replaying,
                history_length=turn.started_id,
                history_size_bytes=turn.size_bytes,
                continue_as_new_suggested=turn.suggest_new_run,
                available_internal_flags=sorted(self._flags),
            )
            activation.timestamp.seconds, activation.timestamp.nanos = divmod(time, SECOND)
            done = activate(self._instance, activation)
            if done.HasField("failed"):
                raise TaskFailed(done.failed.failure)
            for flag in done.successful.used_internal_flags:
                if flag not in self._flags:
                    self._flags.add(flag)
                    self.new_flags.append(flag)
            jobs = self._outgoing.take(done.successful.commands)

    def _new(self, jobs: Jobs, turn: Turn) -> WorkflowInstance:
        init = next(job.initialize_workflow for job in jobs if job.HasField("initialize_workflow"))
        info = workflow_info(
            init,
            run_id=self.run_id,
            task_queue=self._queue,
            namespace=self._namespace,
            first_task_at=instant(turn.time),
        )
        return new_instance(self.instances, self._definition, init, info)


ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


def _accepted(event: HistoryEvent) -> DoUpdate:
    said = event.workflow_execution_update_accepted_event_attributes
    job = DoUpdate(id=said.accepted_request.meta.update_id, protocol_instance_id=said.protocol_instance_id)
    _fill(job, said.accepted_request)
    return job


def _requested(update: Update) -> DoUpdate:
    update_id = update.request.meta.update_id
    job = DoUpdate(id=update_id, protocol_instance_id=update_id)
    _fill(job, update.request)
    return job


def _fill(job: DoUpdate, request: Request) -> None:
    wanted = request.input
    job.name = wanted.name
    job.input.extend(wanted.args.payloads)
    for name, payload in wanted.header.fields.items():
        job.headers[name].CopyFrom(payload)
    job.meta.CopyFrom(request.meta)


def _do_update(update: DoUpdate, *, again: bool) -> WorkflowActivationJob:
    update.run_validator = not again
    return WorkflowActivationJob(do_update=update)


def _notify(patch: str) -> WorkflowActivationJob:
    job = WorkflowActivationJob()
    job.notify_has_patch.patch_id = patch
    return job
