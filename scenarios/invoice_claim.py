"""What all claims on invoices have in common: workload, checks, vocabulary. A claim adds its promise and its faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chaos.nemesis import PlanNemesis
from chaos.plan import Plan
from harness.checks.effects import Delivery, EffectsCheck, Promise
from harness.checks.held import HeldCheck
from harness.checks.latency import LatencyCheck
from harness.checks.leaks import LeaksCheck
from harness.checks.liveness import LivenessCheck
from harness.checks.replay import ReplayCheck
from harness.checks.retries import RetriesCheck
from harness.checks.vacuity import VacuityCheck
from harness.claim import Check, Claim, Evidence
from harness.report.vocabulary import Vocabulary
from harness.seed import Seed
from harness.workload import Drive, drive
from scenarios.checks.answers import AnswersCheck
from scenarios.checks.availability import AvailabilityCheck
from scenarios.checks.books import BooksCheck
from scenarios.checks.compensations import CompensationsCheck
from scenarios.checks.documents import DocumentsCheck
from scenarios.checks.identities import booking_identity, mail_identity, refund_identity
from scenarios.checks.letters import LettersCheck
from scenarios.checks.payments import PaymentsCheck
from scenarios.checks.receipts import ReceiptsCheck
from scenarios.checks.refunds import RefundsCheck
from scenarios.checks.reminders import expected_acts, is_reminder
from scenarios.checks.results import ResultsCheck
from scenarios.checks.shown import ShownCheck
from scenarios.checks.statuses import StatusesCheck
from scenarios.checks.trail import TrailCheck
from scenarios.checks.uploads import UploadsCheck
from scenarios.workload.customers import HABITS, LAST_DUE_SECONDS
from scenarios.workload.invoices import InvoiceWorkload
from scenarios.workload.quiet import quiet_after
from scenarios.workload.sample import Rows

PROMISES = (
    Promise("smtp", "mail", Delivery.AT_LEAST_ONCE, identity=mail_identity),
    Promise("accounting", "book", Delivery.EXACTLY_ONCE, identity=booking_identity),
    Promise("payments", "refund", Delivery.EXACTLY_ONCE, identity=refund_identity),
)
# Both reminders of some invoice had to be mailed, with nothing to excuse that they were not.
DEMANDS = {f"reminder {number}": is_reminder(number) for number in (1, 2)}
FINAL_STATES = frozenset({"invalid", "paid", "overdue", "cancelled"})

# A worker's death is noticed by the heartbeat time-out (5 s) or, between activities, by the workflow task time-out
# (10 s) after a sticky queue nobody serves (10 s); then comes a back-off of at most 8 s. The rest is slack for 2 cores.
RECOVERY_SECONDS = 30.0

# The first reminder comes 4 s before the due instant, and even a slow machine has caught up with the faults by then.
REMINDED_EARLY_SECONDS = 12.0

# The guide's policy. More would hide an outage for longer than anybody was promised; no limit would hide it for ever.
ATTEMPTS_AT_MOST = 5

# What those five attempts are apart from each other: 1 + 2 + 4 + 8 s. An outage that is over sooner holds nobody up.
PATIENCE_SECONDS = 15.0

VOCABULARY = Vocabulary(
    singular="invoice",
    plural="invoices",
    verbs={
        ("smtp", "mail"): "mailed",
        ("accounting", "book"): "booked",
        ("payments", "settled"): "paid",
        ("payments", "refund"): "refunded",
    },
    excuses={("smtp", "mail"): "as e-mail allows"},
    faults={
        "worker-kill": ("worker was killed", "workers were killed"),
        "worker-kill-all": ("time all workers were killed at once", "times all workers were killed at once"),
        "worker-pause": ("worker was paused", "workers were paused"),
        "worker-drain": ("worker was drained", "workers were drained"),
        "ack-drop": ("acknowledgement was dropped", "acknowledgements were dropped"),
        "service-errors": ("service failed", "services failed"),
        "service-refuses": ("service refused everything", "services refused everything"),
        "service-slow": ("service was slow", "services were slow"),
        "postgres-read-only": ("time PostgreSQL was read-only", "times PostgreSQL was read-only"),
        "namespace-rate-limit": ("time calls were limited", "times calls were limited"),
        "persistence-faults": ("time the server's database failed it", "times the server's database failed it"),
        "process-pause": ("process was paused", "processes were paused"),
        "link-cut": ("link was cut", "links were cut"),
        "link-blackhole": ("link swallowed everything", "links swallowed everything"),
        "link-slow": ("link was slow", "links were slow"),
        "link-throttled": ("link was throttled", "links were throttled"),
        "link-sliced": ("link was sliced", "links were sliced"),
        "link-reset": ("link was reset", "links were reset"),
        "process-restart": ("process was restarted", "processes were restarted"),
        "process-kill": ("process was killed", "processes were killed"),
    },
    identity=("kind", "payment_id", "memo", "subject"),
    personal_data="names, addresses, e-mail addresses and VAT numbers of customers, what they bought, owed and paid, "
    "mails and their PDF files",
)


def invoice_claim(
    name: str,
    promise: str,
    plan: Callable[[Seed], Plan],
    *,
    count: int,
    rate_per_second: float,
    evidence: Evidence,
    workers: int = 3,
    settle_seconds: float = 60.0,
    habits: Mapping[str, int] = HABITS,
    held_at_least: int = 0,
    latency_bounds_seconds: Mapping[str, float] | None = None,
    stacks: tuple[str, ...] = ("dev", "full", "external"),
    rows: Callable[[int], Rows] | None = None,
    checks: tuple[Check, ...] = (),
    drive: Drive = drive,
    quiet_seconds: float | None = None,
) -> Claim:
    """A claim on ``count`` invoices processed at ``rate_per_second`` while the plan's faults strike.

    :param held_at_least: so many executions must have been held, or the run is no evidence.
    :param latency_bounds_seconds: operation name → the p99 promised for it, from the intended start.
    :param stacks: those that have all the plan breaks; it is tried on the first when nobody asks for another.
    :param rows: the seed → the rows to draw invoices from; by default the sample's.
    :param checks: more than those that every claim on invoices has.
    :param drive: who runs the schedule; by default the harness.
    :param quiet_seconds: when, after work began, who forgets to pay is first reminded; by default once all faults of
        the plan have gone by. Nothing that excuses a reminder may be there for the 18 s after it.
    """
    return Claim(
        name=name,
        promise=promise,
        workload=lambda seed: InvoiceWorkload(
            seed,
            count=count,
            rate_per_second=rate_per_second,
            habits=habits,
            rows=rows(seed.value) if rows else None,
            last_due_seconds=_last_due(quiet_after(plan(seed)) if quiet_seconds is None else quiet_seconds),
        ),
        nemesis=lambda seed: PlanNemesis(plan(seed)),
        checks=(
            *_checks(latency_bounds_seconds or {}, held_at_least),
            VacuityCheck(evidence),
            *checks,
        ),
        evidence=evidence,
        workers=workers,
        settle_seconds=settle_seconds,
        vocabulary=VOCABULARY,
        stacks=stacks,
        drive=drive,
    )


def _last_due(quiet_seconds: float) -> float:
    return max(LAST_DUE_SECONDS, quiet_seconds + REMINDED_EARLY_SECONDS)


def _checks(latency_bounds_seconds: Mapping[str, float], held_at_least: int) -> tuple[Check, ...]:
    return (
        EffectsCheck(PROMISES, expected_acts, DEMANDS),
        BooksCheck(),
        PaymentsCheck(),
        StatusesCheck(),
        TrailCheck(),
        CompensationsCheck(),
        UploadsCheck(),
        AnswersCheck(),
        AvailabilityCheck(),
        LettersCheck(),
        DocumentsCheck(),
        RefundsCheck(),
        ReceiptsCheck(),
        ShownCheck(),
        ResultsCheck(),
        LivenessCheck(FINAL_STATES, RECOVERY_SECONDS),
        RetriesCheck(ATTEMPTS_AT_MOST, services=frozenset({"smtp", "accounting", "payments"})),
        ReplayCheck(),
        HeldCheck(PATIENCE_SECONDS, refusals_hold=True, held_at_least=held_at_least),
        LeaksCheck(),
        LatencyCheck(latency_bounds_seconds),
    )
