"""The shape of a fault: a value with two verbs, and the two levels of evidence.

*Landed* means that the thing was broken (the process is gone, the knob reads back). *Felt* means that the application
noticed (the victim held a started attempt, a request was answered with the error). A fault that landed and was not felt
broke nothing that mattered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from harness.errors import WaitTimeout
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Attempt, Strike

BUSY_TIMEOUT_SECONDS = 5.0

DROWSY_SECONDS = 2.0
"""How long a worker that has woken up may be busy with what was given away meanwhile."""


@dataclass(frozen=True)
class Milestone:
    """What a held request tells a fault: the business reference that the world is holding an answer for.

    ``slot`` is that of the worker which waits for the answer, ``None`` where that has not been found out yet.
    ``service`` is who holds it, since ``at_seconds`` (CLOCK_MONOTONIC).
    """

    reference: str
    slot: int | None = None
    service: str | None = None
    at_seconds: float | None = None


class Fault(Protocol):
    """One fault. Instances are used once: ``inject`` remembers what it broke, so that ``heal`` can undo that."""

    @property
    def description(self) -> str:
        """One line for the plan and the report."""

    @property
    def words(self) -> tuple[str, str]:
        """What a report says of it: after "1" ("worker was killed"), and after a larger number."""

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Break it and return the evidence that it landed. Raises when it could not be broken."""

    async def heal(self, site: Site) -> None:
        """Undo it and see that it is undone. Idempotent; raises when it cannot be undone."""

    def felt(self, site: Site) -> str | None:
        """The evidence that the application noticed, ``None`` for none. Called after healing."""

    @property
    def lasts_seconds(self) -> float:
        """How long the nemesis waits between injecting and healing."""

    @property
    def struck(self) -> tuple[Strike, ...]:
        """What it has struck so far, each thing since when and until when; nothing before it was injected."""


@runtime_checkable
class Gradual(Protocol):
    """What a fault has beside that, when it may strike long before it can be said to have landed."""

    @property
    def since_seconds(self) -> float | None:
        """Since when it may have struck, by CLOCK_MONOTONIC; ``None`` before that."""


def strikes(
    kind: str, names: Iterable[str], since: float | None, until: float | None, ends: Iterable[str] = ()
) -> tuple[Strike, ...]:
    """A strike of this kind on each of the names, none before ``since`` is known."""
    if since is None:
        return ()
    return tuple(Strike(kind, name, since, until, tuple(ends)) for name in names)


def open_attempts(site: Site, worker: str) -> list[Attempt]:
    """The attempts that this worker has started and not ended."""
    return [attempt for attempt in site.attempts(worker) if attempt.ended_seconds is None]


async def slot_holding(site: Site, milestone: Milestone) -> int:
    """The slot whose worker waits for the held answer: it has an open attempt of the workflow of that reference.

    :raises WaitTimeout: no worker shows such an attempt soon.
    """
    if milestone.slot is not None:
        return milestone.slot

    def holder() -> int | None:
        for slot in site.fleet.slots:
            for attempt in open_attempts(site, site.fleet.worker_name(slot)):
                if attempt.subject == milestone.reference:
                    return slot
        return None

    what = f"a worker to hold an attempt for {milestone.reference}"
    return await eventually(holder, what=what, timeout_seconds=BUSY_TIMEOUT_SECONDS)


def askers(site: Site, reference: str, at_seconds: float) -> dict[int, list[Attempt]]:
    """Who was asking for something for this reference at that instant, and is still believed: slot → attempts.

    An attempt that another has followed is believed by nobody any more: its worker stood still, and wakes up late.
    """
    by_slot = {slot: site.attempts(site.fleet.worker_name(slot)) for slot in site.fleet.slots}
    ours = {slot: [each for each in attempts if each.subject == reference] for slot, attempts in by_slot.items()}
    last: dict[tuple[str, str], int] = {}
    for attempt in (attempt for attempts in ours.values() for attempt in attempts):
        activity = attempt.run_id, attempt.activity_id
        last[activity] = max(last.get(activity, 0), attempt.attempt)
    asking = {
        slot: [
            each
            for each in attempts
            if each.started_seconds <= at_seconds
            and (each.ended_seconds is None or each.ended_seconds >= at_seconds)
            and each.attempt == last[each.run_id, each.activity_id]
        ]
        for slot, attempts in ours.items()
    }
    return {slot: attempts for slot, attempts in asking.items() if attempts}


def free_slot_asking(site: Site, reference: str, at_seconds: float) -> int | None:
    """The slot of the one worker that waits for an answer for this reference, if no fault has that slot in hand.

    ``None`` when no worker does, or several do, so that nobody can tell which of them is being held; and when it has
    just woken up, because then it works off what was handed to it while it stood still, which nobody waits for.
    """
    asking = askers(site, reference, at_seconds)
    if len(asking) != 1:
        return None
    ((slot, attempts),) = asking.items()
    waits = any(attempt.ended_seconds is None for attempt in attempts)
    woken = site.fleet.resumed_seconds(slot)
    awake = woken is None or at_seconds - woken >= DROWSY_SECONDS
    return slot if waits and awake and site.fleet.alive(slot) and not site.fleet.lock(slot).locked() else None


async def wait_until_busy(site: Site, worker: str) -> None:
    """Wait a while for the worker to hold an attempt. An idle one is broken all the same, and then it is not felt."""
    with contextlib.suppress(WaitTimeout):
        await eventually(
            lambda: open_attempts(site, worker),
            what=f"{worker} to hold an attempt",
            timeout_seconds=BUSY_TIMEOUT_SECONDS,
            interval_seconds=0.02,
        )


def in_words(attempts: list[Attempt]) -> str | None:
    """The attempts as evidence, at most three by name; ``None`` for none."""
    if not attempts:
        return None
    named = ", ".join(f"{a.activity} of {a.workflow_id} (attempt {a.attempt})" for a in attempts[:3])
    more = f" and {len(attempts) - 3} more" if len(attempts) > 3 else ""
    return f"held {named}{more}"
