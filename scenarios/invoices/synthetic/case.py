"""One invoice's execution as it goes: what its activities, its history and its books come to.

Data flow: ``life`` and ``paying`` say what is to be done → **activities**, attempt by attempt, with deaths and
errors → lines of the workers and the world; at the end ``finals`` writes what the final reads would say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scenarios.invoices.synthetic.deeds import Deeds
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.outside import Outside, Reply
from scenarios.invoices.synthetic.staff import Staff, Worker
from scenarios.invoices.synthetic.timeline import LOCAL_SECONDS, NOTICED_SECONDS, REQUEST_SECONDS, TASK_SECONDS, instant
from scenarios.invoices.synthetic.trouble import slot_of
from scenarios.world.register import Request
from workflows.invoices.books.booked import StatusEntry
from workflows.invoices.model import Payment, Status
from workflows.kit.retry import GUIDE_POLICY

ERRORS = {
    ("accounting", False): "AccountingUnavailable",
    ("accounting", True): "AccountingRefused",
    ("smtp", False): "SMTPDataError",
    ("smtp", True): "MailRefused",
    ("payments", False): "PaymentsUnavailable",
    ("payments", True): "PaymentsRefused",
}


@dataclass(frozen=True)
class Stage:
    """Where all invoices of a run play. ``held`` collects what each worker held when it died, in words."""

    lines: Lines
    staff: Staff
    outside: Outside
    held: dict[str, list[str]]


@dataclass(frozen=True)
class Done:
    """An activity came to its end."""

    ended_seconds: float
    refused: bool = False


@dataclass
class Case:
    """What there is to say of one execution.

    :param number: of the invoice in the run, which decides who is asked first to work on it.
    """

    stage: Stage
    number: int
    deeds: Deeds
    run_id: str
    began_seconds: float
    states: list[str] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    retried: dict[str, dict[str, Any]] = field(default_factory=dict)
    trail: list[StatusEntry] = field(default_factory=list)
    booked: list[Payment] = field(default_factory=list)
    workers: set[str] = field(default_factory=set)
    activities: Counter[str] = field(default_factory=Counter)
    closed_seconds: float | None = None
    result: Any = None

    @property
    def invoice_id(self) -> str:
        """Of the invoice."""
        return self.deeds.invoice.invoice_id

    def enter(self, state: str) -> None:
        """The search attribute shows another state."""
        if self.states[-1:] != [state]:
            self.states.append(state)

    def record_status(self, at_seconds: float, status: Status) -> float:
        """Enter a status and write it into the books; returns when that is done."""
        self.enter(status)
        done = self.perform("record_status", at_seconds)
        self.trail.append(StatusEntry(status, instant(at_seconds), self.run_id))
        return done.ended_seconds

    def perform(
        self,
        activity: str,
        at_seconds: float,
        request: Request | None = None,
        *,
        refused: bool = False,
        seen: Callable[[float], None] = lambda at_seconds: None,
    ) -> Done:
        """Do one activity from the instant its task is made, attempt after attempt until it is done or refused.

        :param request: what it asks of the outside, if anything.
        :param refused: whether the outside refuses that for good.
        """
        self.activities[activity] += 1
        step = self.activities.total()
        started, attempt = at_seconds + TASK_SECONDS, 1
        while True:
            worker = self.stage.staff.taking(started, slot_of(self.number, step))
            self.workers.add(worker.name)
            told = self._told(worker, activity, str(step), attempt)
            self.stage.lines.add(worker.name, started, "attempt-start", pid=worker.pid, **told)
            reply, ended = None, started + LOCAL_SECONDS
            if request is not None and not _dead(worker, started + REQUEST_SECONDS):
                reply = self.stage.outside.ask(started + REQUEST_SECONDS, request, problem=refused)
                ended = reply.at_seconds + REQUEST_SECONDS
            if _dead(worker, ended):
                assert worker.killed_seconds is not None
                self.stage.held[worker.name].append(f"{activity} of {self.deeds.workflow_id} (attempt {attempt})")
                self._retried(str(step), attempt, "timeout")
                started = worker.killed_seconds + NOTICED_SECONDS + _backoff(attempt) + TASK_SECONDS
            elif reply is not None and reply.outcome in ("error", "refused"):
                self._fail(worker, ended, told, reply, request)
                if reply.outcome == "refused":
                    return Done(ended, refused=True)
                self._retried(str(step), attempt, "application")
                started = ended + _backoff(attempt) + TASK_SECONDS
            else:
                self.stage.lines.add(worker.name, ended, "attempt-end", outcome="completed", error=None, **told)
                return Done(ended)
            attempt += 1

    def _retried(self, activity_id: str, attempt: int, failure: str) -> None:
        """A history keeps of an activity's attempts only why the last one was made."""
        self.retried[activity_id] = {"activity_id": activity_id, "attempt": attempt, "failure": failure}

    def _told(self, worker: Worker, activity: str, activity_id: str, attempt: int) -> dict[str, Any]:
        return {
            "worker": worker.name,
            "activity": activity,
            "workflow_id": self.deeds.workflow_id,
            "run_id": self.run_id,
            "activity_id": activity_id,
            "attempt": attempt,
            "subject": self.invoice_id,
        }

    def _fail(self, worker: Worker, ended: float, told: dict[str, Any], reply: Reply, request: Request | None) -> None:
        assert request is not None
        final = reply.outcome == "refused"
        error_type = ERRORS[request.service, final]
        message = f"{request.service} answered {request.operation} of {self.invoice_id} with {reply.status}"
        how = {"error_type": error_type, "retryable": not final, "next_retry_delay_seconds": None}
        error = f"ApplicationError: {error_type}: {message}"
        self.stage.lines.add(worker.name, ended, "attempt-end", outcome="failed", error=error, **how, **told)
        if final:
            given_up = {"activity": told["activity"], "activity_id": told["activity_id"], "attempt": told["attempt"]}
            self.failed.append({**given_up, "retry_state": "NON_RETRYABLE_FAILURE", "message": message})


def _dead(worker: Worker, at_seconds: float) -> bool:
    return worker.killed_seconds is not None and worker.killed_seconds <= at_seconds


def _backoff(attempt: int) -> float:
    assert GUIDE_POLICY.maximum_attempts > attempt, "a fault lasts longer than the policy is patient"
    return float(GUIDE_POLICY.initial_interval.total_seconds() * GUIDE_POLICY.backoff_coefficient ** (attempt - 1))
