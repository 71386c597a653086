"""A claim on invoices: the family's frame with a workload of invoices. A claim adds its promise and its faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chaos.plan import Plan
from harness.experiment.claim import Claim, Evidence
from harness.experiment.workload import Drive, drive
from harness.judge.check import Check
from harness.seed import Seed
from scenarios.invoices.family import FAMILY
from scenarios.invoices.workload.customers import HABITS, LAST_DUE_SECONDS
from scenarios.invoices.workload.invoices import InvoiceWorkload
from scenarios.invoices.workload.quiet import quiet_after
from scenarios.invoices.workload.sample import Rows
from scenarios.kit.family import claim_on

# The first reminder comes 4 s before the due instant, and even a slow machine has caught up with the faults by then.
REMINDED_EARLY_SECONDS = 12.0


def invoice_claim(
    name: str,
    promise: str,
    plan: Callable[[Seed], Plan],
    *,
    count: int,
    rate_per_second: float,
    evidence: Evidence,
    workers: int = 3,
    settle_seconds: float = 90.0,
    habits: Mapping[str, int] = HABITS,
    first_habits: Sequence[str] = (),
    held_at_least: int = 0,
    latency_bounds_seconds: Mapping[str, float] | None = None,
    stacks: tuple[str, ...] = ("dev", "full", "external"),
    rows: Callable[[int], Rows] | None = None,
    checks: tuple[Check, ...] = (),
    drive: Drive = drive,
    quiet_seconds: float | None = None,
) -> Claim:
    """A claim on ``count`` invoices processed at ``rate_per_second`` while the plan's faults strike.

    :param first_habits: those of the first customers, for what has to come before a fault on every seed.
    :param held_at_least: so many executions must have been held, or the run is no evidence.
    :param latency_bounds_seconds: operation name → the p99 promised for it, from the intended start.
    :param stacks: those that have all the plan breaks; it is tried on the first when nobody asks for another.
    :param rows: the seed → the rows to draw invoices from; by default the sample's.
    :param checks: more than those that every claim on invoices has.
    :param drive: who runs the schedule; by default the harness.
    :param quiet_seconds: when, after work began, who forgets to pay is first reminded; by default once all faults of
        the plan have gone by. Nothing that excuses a reminder may be there for the 18 s after it.
    """
    return claim_on(
        FAMILY,
        name,
        promise,
        plan,
        lambda seed: InvoiceWorkload(
            seed,
            count=count,
            rate_per_second=rate_per_second,
            habits=habits,
            first_habits=first_habits,
            rows=rows(seed.value) if rows else None,
            last_due_seconds=_last_due(quiet_after(plan(seed)) if quiet_seconds is None else quiet_seconds),
        ),
        evidence=evidence,
        workers=workers,
        settle_seconds=settle_seconds,
        held_at_least=held_at_least,
        latency_bounds_seconds=latency_bounds_seconds,
        stacks=stacks,
        checks=checks,
        drive=drive,
    )


def _last_due(quiet_seconds: float) -> float:
    return max(LAST_DUE_SECONDS, quiet_seconds + REMINDED_EARLY_SECONDS)
