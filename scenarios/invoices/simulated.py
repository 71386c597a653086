"""Invoices in the simulator: a seed is a company with one to eight invoices, and what its customers do with them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chaos.plan import Plan
from harness.experiment.claim import Evidence
from harness.experiment.site import Site
from harness.experiment.workload import PlannedOperation, Workload
from harness.judge.check import Check
from harness.seed import Seed
from harness.simulate.binding import Around, Company
from scenarios.invoices.bare import BARE, BareInvoices
from scenarios.invoices.family import FAMILY
from scenarios.invoices.workload.adverse_operation import NAME as ADVERSE
from scenarios.invoices.workload.customers import HABITS, MANY_PARTS
from scenarios.invoices.workload.invoices import CANARIES, InvoiceWorkload
from scenarios.invoices.workload.put_off import ask_to_cancel_once_held
from scenarios.invoices.workload.sample import Rows, pick, sample_rows
from scenarios.kit.family import claim_on
from scenarios.kit.simulated.company import simulated_company
from scenarios.kit.simulated.family import left_of, simulated_checks

MOST = 8
ADVERSE_MOST = 2
"""Where everything adverse is tried, six more invoices exist for it."""
TRIED_ON = 0.25
"""Of the companies in which it is."""
RATE_PER_SECOND = 4.0
ALIKE = dict.fromkeys(HABITS, 1)
"""Every habit as often as any other: nobody waits here for the few who cancel after they have paid."""
PUT_OFF = {"part-then-cancels": 2, "cancels": 1, "prompt": 1}
"""Most cancel where cancelling is put off until an invoice is held."""
CANARY_FILE, FILE = "canaries.csv", "invoices.csv"


@dataclass(frozen=True)
class SmallWorkload:
    """A workload of claims without its canaries, and without what nobody should try where that is left out.

    :param without: subjects and operations that are left out, with all that needs them, and with invoices that nobody
        begins or nothing ends any more; what is uploaded stays whole.
    :param puts_off: whoever cancels does so as soon as the invoice is held.
    """

    whole: InvoiceWorkload
    adverse: bool
    without: frozenset[str]
    puts_off: bool = False

    def describe(self) -> Mapping[str, Any]:
        """See ``Workload``."""
        told = dict(self.whole.describe())
        wanted = {each.subject for each in self.operations()}
        told["files"] = {name: text for name, text in told["files"].items() if name in wanted}
        operations = {each.operation_id for each in self.operations()}
        told["customers"] = [_left(each, operations) for each in told["customers"] if each["invoice_id"] in wanted]
        told["adverse"] = [each for each in told["adverse"] if each["id"] in operations]
        return told

    async def prepare(self, site: Site) -> None:
        """Nothing has to be there."""

    def canaries(self) -> Sequence[PlannedOperation]:
        """None: nothing can be wrong with the machine."""
        return ()

    def operations(self) -> Sequence[PlannedOperation]:
        """See ``Workload``."""
        return self._operations

    @functools.cached_property
    def _operations(self) -> Sequence[PlannedOperation]:
        asked = [each for each in self.whole.operations() if self.adverse or not _is_adverse(each)]
        torn: set[str] = set()
        if self.without:
            kept = [each for each in asked if not {each.subject, each.operation_id} & self.without]
            torn = self._torn({each.operation_id for each in kept})
        found = left_of(asked, self.without | torn)
        if not self.puts_off:
            return found
        return [
            replace(each, call=ask_to_cancel_once_held(each.subject)) if each.name == "cancel" else each
            for each in found
        ]

    def _torn(self, left: set[str]) -> set[str]:
        """The invoices of which too much is left out to leave anything of them."""
        whole = {each.operation_id for each in self.whole.operations()}
        customers = self.whole.describe()["customers"]
        return {each["invoice_id"] for each in customers if not left.issuperset(_needed(each) & whole)}

    async def settle(self, site: Site) -> bool:
        """See ``Workload``."""
        return await self.whole.settle(site)

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """See ``Workload``."""
        wanted = {each.subject for each in self.operations()}
        shown = await self.whole.read_back(site)
        return {subject: detail for subject, detail in shown.items() if subject in wanted}


def _left(customer: Mapping[str, Any], operations: set[str]) -> Mapping[str, Any]:
    """What the customer does of it all."""
    cancels = f"cancel/{customer['invoice_id']}" in operations
    return {
        **customer,
        "payments": [each for each in customer["payments"] if f"pay/{each['payment_id']}" in operations],
        "cancel_seconds": customer["cancel_seconds"] if cancels else None,
    }


def _needed(customer: Mapping[str, Any]) -> set[str]:
    """The operations without which the customer's invoice is not begun, or waits for ever for what never comes."""
    begins = {f"process/{customer['invoice_id']}"}
    if customer["due_seconds"] is not None:
        return begins
    if customer["cancel_seconds"] is not None:
        return begins | {f"cancel/{customer['invoice_id']}"}
    return begins | {f"pay/{each['payment_id']}" for each in customer["payments"]}


def _is_adverse(operation: PlannedOperation) -> bool:
    upload = operation.name == "upload" and operation.subject != FILE
    return operation.name == ADVERSE or upload or operation.subject.startswith("ADV-")


@functools.cache
def _sample() -> Rows:
    """Without ids that come twice: in a file of the whole sample others stand between the two, in a small one may not.

    The oracle takes them for two invoices, and the application one block of rows for one.
    """
    rows = sample_rows()
    lines = Counter((row["invoice_id"], row["line"]) for row in rows)
    twice = {invoice_id for (invoice_id, _), times in lines.items() if times > 1}
    return [row for row in rows if row["invoice_id"] not in twice]


def _checks() -> tuple[Check, ...]:
    """Those of every claim on invoices. What proves that a run had something to show is the campaign's to say."""
    claim = claim_on(
        replace(FAMILY, demands={}),
        *("simulated", "Whatever goes wrong, and in whichever order, every invoice is sent, booked and paid once."),
        lambda seed: Plan(()),
        lambda seed: InvoiceWorkload(seed, count=1, rate_per_second=RATE_PER_SECOND),
        evidence=Evidence(operations_ok=1),
    )
    return simulated_checks(claim)


@dataclass(frozen=True)
class SimulatedInvoices:
    """See ``harness.simulate.binding.Family``."""

    name: str
    checks: tuple[Check, ...]
    settle_seconds: float = 120.0
    bare: BareInvoices = BARE

    def company(self, around: Around) -> Company:
        """The whole company: its other families have nothing to do."""
        return simulated_company(around)

    def workload(self, seed: int, without: frozenset[str]) -> Workload:
        """One company in eight is paid in many parts, one in four is tried on.

        In one of three of the others whoever cancels puts it off until the invoice is held.
        """
        drawn = Seed(seed)
        draw = drawn.stream("simulated")
        adverse, count = draw.random() < TRIED_ON, draw.randint(1, MOST)
        many_parts = draw.random() < 0.125
        puts_off = not adverse and drawn.stream("put off").random() < 1 / 3
        rows = pick(_sample(), MOST + CANARIES, draw)
        whole = InvoiceWorkload(
            drawn,
            count=min(count, ADVERSE_MOST) if adverse else count,
            rate_per_second=RATE_PER_SECOND,
            habits=MANY_PARTS if many_parts else PUT_OFF if puts_off else ALIKE,
            rows=rows,
        )
        return SmallWorkload(whole, adverse, without, puts_off)

    def world_fails(self, seed: int) -> bool:
        """Not where everything adverse is tried: of two amounts under one payment id the oracle does not know which won
        when the first was refused by the books and withdrawn.
        """
        return Seed(seed).stream("simulated").random() >= TRIED_ON


SIMULATED = SimulatedInvoices("invoices", _checks())
