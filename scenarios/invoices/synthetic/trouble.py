"""What is broken in a synthetic run, and when: each fault hits something for certain, because times are computed.

A worker is killed right after the world has accepted a mail or a booking of a certain invoice and before its worker
could say so; a service fails while a certain invoice asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.staff import DOWN_SECONDS, READY_AFTER_SECONDS, SLOTS, Staff
from scenarios.invoices.synthetic.timeline import (
    API_SECONDS,
    LOCAL_SECONDS,
    OUTSIDE_SECONDS,
    REQUEST_SECONDS,
    TASK_SECONDS,
    WORK_SECONDS,
)

FIRST_SECONDS, EVERY_SECONDS = 3.0, 10.0
FAILING_SECONDS = 2.5
LANDED_AFTER_SECONDS = 0.05

_MAIL_STARTS = API_SECONDS + 3 * TASK_SECONDS + 2 * LOCAL_SECONDS
_MAIL_TAKES = 2 * REQUEST_SECONDS + OUTSIDE_SECONDS
STEPS = {"smtp": (3, _MAIL_STARTS), "accounting": (4, _MAIL_STARTS + _MAIL_TAKES + TASK_SECONDS)}
"""Service → the number of the step that asks it first, and when that begins, after the invoice's own beginning."""


@dataclass(frozen=True)
class Kill:
    """A worker is killed."""

    fault_id: str
    service: str
    slot: int
    at_seconds: float


@dataclass(frozen=True)
class Failing:
    """A service answers every request with an error."""

    fault_id: str
    service: str
    since_seconds: float

    @property
    def until_seconds(self) -> float:
        """When it answers properly again."""
        return self.since_seconds + FAILING_SECONDS


Trouble = Kill | Failing


def plan(mailed: Sequence[tuple[int, float]]) -> tuple[Trouble, ...]:
    """A fault every ten seconds, of four kinds in turn, the first three seconds after work began.

    :param mailed: number (see ``slot_of``) and beginning of each invoice that comes to be mailed, in order.
    """
    faults: list[Trouble] = []
    due = WORK_SECONDS + FIRST_SECONDS
    for number, begins in mailed:
        if begins < due:
            continue
        due = begins + EVERY_SECONDS
        kind, which = len(faults) % 4, len(faults) + 1
        service = ("smtp", "accounting", "accounting", "smtp")[kind]
        step, after = STEPS[service]
        if kind % 2 == 0:
            after_commit = begins + after + REQUEST_SECONDS + OUTSIDE_SECONDS + REQUEST_SECONDS / 2
            faults.append(Kill(f"kill-{which}", service, slot_of(number, step), round(after_commit, 6)))
        else:
            faults.append(Failing(f"{service}-fails-{which}", service, round(begins + after, 6)))
    return tuple(faults)


def slot_of(number: int, step: int) -> int:
    """The slot (from 0) of the worker that is asked first for a step of an invoice."""
    return (number + step) % SLOTS


def write(faults: Sequence[Trouble], staff: Staff, felt: dict[str, list[str]], lines: Lines) -> None:
    """The lines of all faults.

    :param felt: what each worker held when it died, and what each fault's service answered with an error.
    """
    for fault in faults:
        if isinstance(fault, Kill):
            worker = staff.killed_in(fault.slot, fault.at_seconds)
            healed = fault.at_seconds + DOWN_SECONDS + READY_AFTER_SECONDS + LANDED_AFTER_SECONDS
            kind, description = "worker-kill", f"kill a worker (SIGKILL), replace it after {DOWN_SECONDS} s"
            landed, struck = f"{worker.name} (process {worker.pid}) is gone", ("worker", worker.name)
            told = f"held {', '.join(felt[worker.name])}"
            since = fault.at_seconds
        else:
            kind, description = "service-errors", f"{fault.service} answers 100% of its requests with an error"
            landed, struck = f"the knob of {fault.service}: error_rate reads back as 1.0", ("service", fault.service)
            told = f"{len(felt[fault.fault_id])} requests to {fault.service} were answered with an error"
            since, healed = fault.since_seconds, fault.until_seconds
        planned = {"fault_id": fault.fault_id, "fault": kind, "description": description}
        lines.add("harness", WORK_SECONDS, "fault-planned", **planned)
        strike = {"kind": struck[0], "name": struck[1], "since_seconds": since, "until_seconds": None}
        injected = since + LANDED_AFTER_SECONDS
        for event, at_seconds, evidence, strikes in (
            ("injected", injected, "", []),
            ("landed", injected, landed, [strike]),
            ("healed", healed, "", [{**strike, "until_seconds": healed}]),
            ("felt", healed, told, [{**strike, "until_seconds": healed}]),
        ):
            line = {"fault_id": fault.fault_id, "event": event, "evidence": evidence, "struck": strikes}
            lines.add("harness", at_seconds, "fault", **line)
