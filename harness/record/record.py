"""The record of a run: everything that checks, the report and `assay check` judge by.

The journal's lines and the final reads become frozen values here, once, and everything downstream is a pure function of
them. Data flow: run → journal and final reads → **record** → checks → verdict → report.

Not covered: what happened on another host. All times are seconds of this host's ``CLOCK_MONOTONIC``.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from harness.record.attempt_record import Attempt as Attempt
from harness.record.fault_record import Cut as Cut
from harness.record.fault_record import FaultRecord as FaultRecord
from harness.record.fault_record import Strike as Strike
from harness.record.generator_record import GeneratorRecord as GeneratorRecord
from harness.record.history_facts import HistoryFacts, Replayed, Resumption
from harness.record.world_record import Effect as Effect
from harness.record.world_record import WebhookTry as WebhookTry
from harness.record.world_record import WorldAttempt as WorldAttempt

Made = TypeVar("Made")

WORKFLOW_TASK_TIMEOUT_SECONDS = 10.0
"""What a server gives a worker for a workflow task when nobody says otherwise."""


NOT_ASKED_YET = "not asked yet"
GIVEN_UP = "given-up"  # The kind of the line that says why the work was.
"""In the detail of an UNKNOWN answer: the operation waits for something else, and nobody was asked anything."""

SKIPPED = "skipped"
"""In the detail of a FAIL: nobody was asked, because an operation that this one needs did not come out OK."""


class Outcome(enum.Enum):
    """What the caller of an operation knows: it happened, it definitely did not, or it may have."""

    OK = "OK"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Try:
    """One repetition of an operation, counted from 1. ``status`` is that of the answer (HTTP), ``None`` without one.

    ``asked`` is off where nobody was asked anything: it still waited for something else, or was skipped.
    """

    repetition: int
    invoked_seconds: float
    returned_seconds: float | None
    outcome: Outcome
    status: int | None = None
    asked: bool = True


@dataclass(frozen=True)
class Operation:
    """One thing that the workload asked of the application, with all its repetitions under the same id.

    ``operation_id`` is unique in the run ("process/INV-0001"), ``name`` is its kind ("process"), ``subject`` what it
    is about ("INV-0001"). ``intended_seconds`` is when the open-rate schedule wanted it started, ``invoked_seconds``
    when it was, ``returned_seconds`` when the last repetition ended (``None``: it never did). ``detail`` is what the
    application answered and what the operation was given, as plain JSON; of its repetitions the last alone. ``tries``
    are all of them.
    """

    operation_id: str
    name: str
    subject: str
    intended_seconds: float
    invoked_seconds: float
    returned_seconds: float | None
    outcome: Outcome
    repetitions: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Execution:
    """One workflow execution at the final reads. ``status`` is Temporal's, in capitals ("COMPLETED", "RUNNING").

    ``result`` is the decoded result as plain JSON, ``None`` while it runs. ``state`` is the application's own word for
    where it stands (its status search attribute), ``None`` where it has none. ``failure`` is the message it failed
    with, ``failure_types`` the application's names for that failure and for what caused it. ``closed_seconds`` is when
    the harness saw it closed. ``subject`` is what it is about ("INV-0001"), in the application's word.
    """

    workflow_id: str
    run_id: str
    workflow_type: str
    status: str
    result: Any = None
    state: str | None = None
    failure: str | None = None
    failure_types: tuple[str, ...] = ()
    history_length: int = 0
    closed_seconds: float | None = None
    subject: str = ""


@dataclass(frozen=True)
class Phase:
    """One phase of the run, in the order of design: bring-up, steady-state, work, heal, settle, final-reads."""

    name: str
    entered_seconds: float
    left_seconds: float | None = None


@dataclass(frozen=True)
class ProcessEvent:
    """A process of the run came or went.

    ``event`` is "started", "killed", "stopped", "finished" (by itself, as it was meant to) or "died" (unplanned).
    """

    name: str
    pid: int
    event: str
    at_seconds: float
    detail: str = ""


@dataclass(frozen=True)
class Sample:
    """What the harness saw at one instant: workflow executions open and closed, tasks waiting for a worker."""

    at_seconds: float
    running: int
    closed: int
    backlog: int


@dataclass(frozen=True)
class RunInfo:
    """What ``run.json`` says: which claim, which seed, what it ran on and how to repeat it."""

    run_id: str
    claim: str
    promise: str
    seed: int
    stack: str
    started_at: str
    command: str
    mutant: str | None = None
    faults_enabled: bool = True
    versions: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    dirty: bool | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ActivityPolicy:
    """The time-outs and retries one activity type was scheduled with, read from the histories (seconds; 0: unset).

    An activity type that was scheduled in several ways has one of these for each.
    """

    activity: str
    heartbeat_timeout_seconds: float
    start_to_close_timeout_seconds: float
    initial_interval_seconds: float
    backoff_coefficient: float
    maximum_interval_seconds: float
    maximum_attempts: int
    non_retryable_error_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """Everything known of one run. ``input`` is the workload's own description of what it put in, for the oracle.

    ``shown`` is what the application showed of each subject in the end ("INV-0001" → its status), as plain JSON.
    ``attachments`` holds what came with effects and stands there by its SHA-256 digest (hex) alone: digest → bytes.
    ``steady`` is whether the canaries ended before anything was broken; ``interrupted`` says why a run did not come to
    its end, ``None`` when it did; ``given_up`` why its work did not, though the run went on to its own.
    """

    run: RunInfo
    operations: tuple[Operation, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    faults: tuple[FaultRecord, ...] = ()
    effects: tuple[Effect, ...] = ()
    world_attempts: tuple[WorldAttempt, ...] = ()
    webhooks: tuple[WebhookTry, ...] = ()
    executions: tuple[Execution, ...] = ()
    phases: tuple[Phase, ...] = ()
    processes: tuple[ProcessEvent, ...] = ()
    samples: tuple[Sample, ...] = ()
    policies: tuple[ActivityPolicy, ...] = ()
    workflow_task_timeout_seconds: float = WORKFLOW_TASK_TIMEOUT_SECONDS
    facts: tuple[HistoryFacts, ...] = ()
    replays: tuple[Replayed, ...] = ()
    resumed: tuple[Resumption, ...] = ()
    shown: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    generators: tuple[GeneratorRecord, ...] = ()
    input: Any = None
    steady: bool | None = None
    interrupted: str | None = None
    given_up: str | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[[Record], Made]) -> Made:
        """What ``make`` makes of this record, made on the first call only: checks share indexes and expectations.

        :param make: a pure function, the same object on every call; what it returns must not be changed.
        """
        if make not in self._made:
            self._made[make] = make(self)
        return cast(Made, self._made[make])

    def phase(self, name: str) -> Phase | None:
        """The phase of this name, or ``None`` when the run never reached it."""
        return next((phase for phase in self.phases if phase.name == name), None)
