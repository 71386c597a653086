"""One run of an execution: what a server knows of it (its mutable state), and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload, Payloads, RetryPolicy
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Outcome, Request

from harness.sim.kernel.timeline import Entry, Timeline
from harness.sim.server.history import History
from harness.sim.server.options import StartOptions
from harness.sim.surface import ScheduleActivity, StartChildWorkflowExecution

if TYPE_CHECKING:
    from harness.sim.server.server import Server

Told = Callable[..., object]
"""Called when something that a caller waits for has happened."""


class Status(Enum):
    """How a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    TERMINATED = "terminated"
    TIMED_OUT = "timed_out"
    CONTINUED_AS_NEW = "continued_as_new"


@dataclass
class Task:
    """A workflow task that is scheduled or under way.

    :ivar scheduled_id: 0 while nothing is written down of it (a retry, or one for updates alone).
    :ivar started_at: ``None`` before a worker has it; ``identity`` says which.
    :ivar speculative: only there for updates; leaves no trace if all of them are rejected.
    """

    ordinal: int
    attempt: int
    scheduled_at: int
    scheduled_id: int = 0
    started_id: int = 0
    started_at: int | None = None
    identity: str = ""
    speculative: bool = False
    sticky: Any = None
    next_id: int = 0
    timers: list[Entry] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    local: set[int] = field(default_factory=set)
    activations: int = 0


@dataclass
class Activity:
    """An activity that is scheduled and has not come to an end."""

    scheduled_id: int
    command: ScheduleActivity
    policy: RetryPolicy
    scheduled_at: int
    expires: int | None
    attempt: int = 1
    attempt_scheduled_at: int = 0
    started_at: int | None = None
    identity: str = ""
    cancel_requested_id: int = 0
    beat_details: Payloads | None = None
    last_failure: Failure | None = None
    start_limit: int = 0
    once_limit: int = 0
    beat_limit: int = 0
    beat_timer: Entry | None = None
    closing_timer: Entry | None = None
    timers: list[Entry] = field(default_factory=list)


@dataclass
class Child:
    """A child that was initiated and has not come to an end, as far as this run knows."""

    command: StartChildWorkflowExecution
    run_id: str = ""
    started_event: HistoryEvent | None = None


@dataclass
class Update:
    """An update that was admitted. ``pinned`` is whether its caller named the run."""

    request: Request
    order: int
    pinned: bool = False
    accepted_id: int = 0
    outcome: Outcome | None = None
    on_accepted: list[Told] = field(default_factory=list)
    on_outcome: list[Told] = field(default_factory=list)


class Execution:
    """One run.

    :ivar stuck: why its workflow tasks fail again and again; empty while they do not.
    :ivar commands: what each workflow task that counted commanded, where that is compared later.
    """

    def __init__(self, server: Server, options: StartOptions, run_id: str, number: int) -> None:
        self.server = server
        self.timeline: Timeline = server.timeline
        self.options = options
        self.workflow_id = options.workflow_id
        self.run_id = run_id
        self.first_run_id = options.continued.first_run_id if options.continued else run_id
        self.number = number
        self.place = f"{options.workflow_id}/{number}"
        self.started_at = server.timeline.now
        self.history = History(server.timeline)
        self.status = Status.RUNNING
        self.closed_at: int | None = None
        self.result: Payload | None = None
        self.failure: Failure | None = None
        self.next_run_id = ""
        self.follows: StartOptions | None = None
        self.memo = dict(options.memo)
        self.search_attributes = dict(options.search_attributes)
        self.task: Task | None = None
        self.tasks_made = 0
        self.attempt = 1
        self.failures = 0
        self.failed_with = ""
        self.delayed: Entry | None = None
        self.sticky: Any = None
        self.stuck = ""
        self.cancel_requested = False
        self.activities: dict[int, Activity] = {}
        self.timers: dict[str, tuple[int, Entry]] = {}
        self.fired: dict[str, int] = {}
        self.children: dict[int, Child] = {}
        self.child_ids: dict[int, int] = {}
        self.activity_ids: dict[int, int] = {}
        self.updates: dict[str, Update] = {}
        self.queries: list[Told] = []
        self.timeouts: list[Entry] = []
        self.on_close: list[Told] = []
        self.commands: list[list[bytes]] = []
        self.flags_written = False

    @property
    def open(self) -> bool:
        """Whether it has not come to an end."""
        return self.status is Status.RUNNING

    def lag(self, what: str) -> int:
        """How long a message about this run takes."""
        return self.server.choices.lag(f"{self.place} {what}")
