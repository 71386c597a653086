"""What the final reads say of histories, as values: how activities ended, what was left open, how the replay went.

Data flow: histories → journal lines of the final reads → **values of the record** → checks. Everything here is
counts and words; a server's clock never enters the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FailedActivity:
    """An activity that Temporal gave up on, and why.

    ``retry_state`` is Temporal's word without its prefix: "MAXIMUM_ATTEMPTS_REACHED", "NON_RETRYABLE_FAILURE",
    "TIMEOUT", "CANCEL_REQUESTED", ... ``attempt`` is the number of the last attempt.
    """

    activity: str
    activity_id: str
    attempt: int
    retry_state: str
    message: str = ""


@dataclass(frozen=True)
class RetriedAfter:
    """Why the server made the last attempt of an activity, if it was not the first.

    ``attempt`` is the number of the attempt *before* it, ``failure`` what the server holds against that one: "timeout",
    "application", ... A history keeps this of the last attempt alone.
    """

    activity_id: str
    attempt: int
    failure: str


@dataclass(frozen=True)
class LostTask:
    """A workflow task that ran out of time.

    ``worker`` is who had taken it (``started``), or else whose sticky queue it waited in; empty where it was nobody's.
    """

    worker: str
    started: bool


@dataclass(frozen=True)
class HistoryFacts:
    """What one history says of its execution beside status and result.

    ``states`` counts how often the application's status attribute was *changed* to each value, and
    ``tried_again_in`` how often it had each value when an activity was tried again that Temporal had given up on, the
    only one then. ``subject`` is what the execution is about ("INV-0001").
    ``task_failures`` are the failed workflow tasks ("CAUSE: message"), ``failed_on`` the worker of each, ``lost_tasks``
    those that ran out of time. ``workflow_task_timeout_seconds`` is how long a worker has for one (0: not known).
    ``open_updates`` were accepted and never completed, ``open_activities`` were scheduled and never asked to stop, and
    never closed; an execution that was terminated or ran out of time has none. ``cancelled_activities`` (ids) closed
    because their workflow wanted them no more. ``workers`` were handed a workflow task, by the name under which they
    asked for it: a fault that struck another worker has not touched this execution's decisions.
    """

    workflow_id: str
    run_id: str
    tasks_completed: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    tried_again_in: Mapping[str, int] = field(default_factory=dict)
    task_failures: tuple[str, ...] = ()
    failed_on: tuple[str, ...] = ()
    lost_tasks: tuple[LostTask, ...] = ()
    workflow_task_timeout_seconds: float = 0.0
    open_updates: int = 0
    open_activities: tuple[str, ...] = ()
    failed_activities: tuple[FailedActivity, ...] = ()
    cancelled_activities: tuple[str, ...] = ()
    retried_after: tuple[RetriedAfter, ...] = ()
    workers: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True)
class Replayed:
    """How the replay of one history went, against the very version of the code that the run used.

    ``outcome`` is "ok", "nondeterminism" (the code no longer does what the history says), "hung" (it did not come to an
    end in time, which is what a divergence does when the workflow may fail on any exception) or "error" (it could not
    be replayed: unregistered, undecodable, or the replay itself broke). ``tasks_completed`` is how many workflow tasks
    the history holds; without one a replay proves nothing.
    """

    workflow_id: str
    run_id: str
    outcome: str
    message: str = ""
    tasks_completed: int = 0


@dataclass(frozen=True)
class Resumption:
    """Somebody let a held execution go on. ``subject`` is what it is about ("INV-0001")."""

    workflow_id: str
    at_seconds: float
    subject: str = ""
