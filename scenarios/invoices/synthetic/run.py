"""Puts a synthetic run together: its input, its trouble, the life of every invoice, and what is read in the end."""

from __future__ import annotations

import bisect
import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.seed import Seed
from scenarios.invoices.synthetic import finals, trouble
from scenarios.invoices.synthetic.adverse import shown_of_clashes, try_all
from scenarios.invoices.synthetic.asked import ask
from scenarios.invoices.synthetic.case import Case, Stage
from scenarios.invoices.synthetic.company import company_rows
from scenarios.invoices.synthetic.deeds import Deeds, Documents
from scenarios.invoices.synthetic.finishing import finish
from scenarios.invoices.synthetic.life import Life
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.outside import Outside
from scenarios.invoices.synthetic.paying import skip
from scenarios.invoices.synthetic.staff import Staff
from scenarios.invoices.synthetic.timeline import (
    API_SECONDS,
    BRING_UP_SECONDS,
    STEADY_SECONDS,
    WORK_SECONDS,
    instant,
)
from scenarios.invoices.synthetic.uploading import upload
from scenarios.invoices.workload.customers import HABITS
from scenarios.invoices.workload.invoices import CANARIES, InvoiceWorkload
from scenarios.world import GRACE_SECONDS, REMINDERS
from workflows.invoices.agenda import Agenda, agenda_of
from workflows.invoices.model import Invoice, InvoiceRequest
from workflows.invoices.names import workflow_id
from workflows.invoices.rules import reasons_against

RATE_PER_SECOND = 4.6
ADVERSE_SECONDS = 30.0
"""When everything adverse is tried, after work began."""

PHASES = ("bring-up", "steady-state", "work", "heal", "settle", "final-reads")


@dataclass(frozen=True)
class Made:
    """What was made: counts that a claim's evidence is made of."""

    invoices: int
    effects: int
    faults: int


def make_run(folder: Path, seed: int, *, count: int, habits: Mapping[str, int] = HABITS) -> Made:
    """Write the run directory of a run with ``count`` invoices and three canaries.

    :param folder: is made; must not hold another run.
    """
    workload = InvoiceWorkload(
        Seed(seed),
        count=count,
        rate_per_second=RATE_PER_SECOND,
        habits=habits,
        rows=company_rows(count + CANARIES + 20),
    )
    given = workload.describe()
    folder.mkdir(parents=True)
    lines = Lines()
    customers = list(given["customers"])
    invoices = _uploaded(lines, given)
    begins = [
        (number, WORK_SECONDS + customer["start_seconds"])
        for number, customer in enumerate(customers)
        if number >= CANARIES and _is_surely_mailed(invoices.get(customer["invoice_id"]), customer)
    ]
    faults = trouble.plan(begins)
    staff = Staff((each.slot, each.at_seconds) for each in faults if isinstance(each, trouble.Kill))
    outside = Outside(lines, [each for each in faults if isinstance(each, trouble.Failing)])
    stage = Stage(lines, staff, outside, defaultdict(list))
    clicked = {each.subject for each in workload.operations() if each.name == "process-again"}
    documents = Documents(folder / "attachments")
    cases = list(_lives(stage, seed, customers, invoices, clicked, documents))
    try_all(lines, given, {case.invoice_id: case.run_id for case in cases}, WORK_SECONDS + ADVERSE_SECONDS)
    trouble.write(faults, staff, {**stage.held, **outside.errors}, lines)
    outside.write()
    over = lines.latest_seconds()
    staff.write(lines, over + 4.0)
    _samples(lines, cases, over)
    finals.read(cases, lines, over + 2.0)
    for subject, shown in shown_of_clashes(given, instant(WORK_SECONDS + ADVERSE_SECONDS)):
        lines.add("harness", over + 2.0, "shown", subject=subject, detail=shown)
    _phases(lines, over)
    finish(folder, seed, given, faults, staff, lines)
    return Made(len(customers), outside.effects_count, len(faults))


def _uploaded(lines: Lines, given: Mapping[str, Any]) -> dict[str, Invoice]:
    due = {customer["invoice_id"]: customer["due_seconds"] for customer in given["customers"]}
    at = {"canaries.csv": STEADY_SECONDS + 0.05}
    return {
        invoice_id: invoice
        for file, text in given["files"].items()
        for invoice_id, invoice in upload(lines, file, text, due, at.get(file, WORK_SECONDS + 0.001)).items()
    }


def _is_surely_mailed(invoice: Invoice | None, customer: Mapping[str, Any]) -> bool:
    return invoice is not None and not reasons_against(invoice) and customer["cancel_seconds"] is None


def _lives(
    stage: Stage,
    seed: int,
    customers: Sequence[Mapping[str, Any]],
    invoices: Mapping[str, Invoice],
    clicked: Iterable[str],
    documents: Documents,
) -> Iterator[Case]:
    draw, twice = Seed(seed).stream("synthetic"), frozenset(clicked)
    for number, customer in enumerate(customers):
        base = STEADY_SECONDS + 0.1 if number < CANARIES else WORK_SECONDS
        begins = base + customer["start_seconds"]
        invoice_id, run_id = customer["invoice_id"], str(uuid.UUID(int=draw.getrandbits(128)))
        invoice = invoices.get(invoice_id)
        clicks = ("process", "process-again") if invoice_id in twice else ("process",)
        if invoice is None:
            _refused(stage.lines, customer, clicks, base)
            continue
        accepted = {"status": 202, "workflow_id": workflow_id(invoice_id), "run_id": run_id}
        for click in clicks:
            ask(stage.lines, f"{click}/{invoice_id}", invoice_id, begins, begins + API_SECONDS, "OK", accepted)
        case = Case(stage, number, Deeds(invoice, documents), run_id, begins + API_SECONDS)
        Life(case, customer, base, _agenda(invoice)).run()
        yield case


def _refused(lines: Lines, customer: Mapping[str, Any], clicks: Sequence[str], base: float) -> None:
    """What is asked of an invoice that was refused at the upload: it is not there, so nothing else is tried."""
    invoice_id, begins = customer["invoice_id"], base + customer["start_seconds"]
    for click in clicks:
        unknown = {"status": 404, "detail": f"no invoice {invoice_id}"}
        ask(lines, f"{click}/{invoice_id}", invoice_id, begins, begins + API_SECONDS, "FAIL", unknown)
    needs = f"process/{invoice_id}"
    for payment in customer["payments"]:
        skip(lines, f"pay/{payment['payment_id']}", invoice_id, base + payment["after_seconds"], needs)
    if customer["cancel_seconds"] is not None:
        skip(lines, f"cancel/{invoice_id}", invoice_id, base + max(0.0, customer["cancel_seconds"]), needs)


def _agenda(invoice: Invoice) -> Agenda:
    offsets = tuple(int(float(text.removesuffix("s"))) for text in REMINDERS.split(","))
    known = (invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at)
    return agenda_of(InvoiceRequest(*known, reminder_seconds=offsets, grace_seconds=GRACE_SECONDS))


def _samples(lines: Lines, cases: Sequence[Case], over: float) -> None:
    begun = sorted(case.began_seconds for case in cases)
    closed = sorted(case.closed_seconds for case in cases if case.closed_seconds is not None)
    for at in itertools.takewhile(lambda at: at < over, itertools.count(STEADY_SECONDS + 0.01)):
        ended = bisect.bisect(closed, at)
        running = bisect.bisect(begun, at) - ended
        lines.add("harness", at, "sample", running=running, closed=ended, backlog=0)


def _phases(lines: Lines, over: float) -> None:
    entered = (BRING_UP_SECONDS, STEADY_SECONDS, WORK_SECONDS, over + 0.1, over + 0.2, over + 1.0)
    left = (*entered[1:], over + 3.0)
    for name, since, until in zip(PHASES, entered, left, strict=True):
        lines.add("harness", since, "phase", name=name, event="entered")
        lines.add("harness", until - 0.001, "phase", name=name, event="left")
    lines.add("harness", WORK_SECONDS - 0.01, "steady-state", reached=True)
