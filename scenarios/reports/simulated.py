"""Reports in the simulator: a seed is a company with one to four reports of its books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.plan import Plan
from harness.experiment.claim import Evidence
from harness.experiment.site import Site
from harness.experiment.workload import PlannedOperation, Workload
from harness.judge.check import Check
from harness.seed import Seed
from harness.simulate.binding import Around, Company
from scenarios.kit.family import claim_on
from scenarios.kit.simulated.company import simulated_company
from scenarios.kit.simulated.family import left_of, simulated_checks
from scenarios.reports.family import FAMILY
from scenarios.reports.workload.reports import ReportWorkload
from scenarios.reports.workload.stories import STORIES

MOST = 4
TRIED_ON, LARGE = 0.25, 0.25
"""The shares of the companies in which something adverse is asked, and whose sources have several pages each."""

LARGE_INVOICES = 520
RATE_PER_SECOND = 1.0


@dataclass(frozen=True)
class SmallWorkload:
    """A workload of claims without canaries.

    :param without: subjects and operations that are left out, with all that needs them.
    """

    whole: ReportWorkload
    without: frozenset[str]

    def describe(self) -> Mapping[str, Any]:
        """See ``Workload``."""
        return self.whole.describe()

    async def prepare(self, site: Site) -> None:
        """Nothing has to be there."""

    def canaries(self) -> Sequence[PlannedOperation]:
        """None: nothing can be wrong with the machine."""
        return ()

    def operations(self) -> Sequence[PlannedOperation]:
        """See ``Workload``."""
        return left_of(self.whole.all_operations(), self.without)

    async def settle(self, site: Site) -> bool:
        """See ``Workload``."""
        return await self.whole.settle(site)

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """See ``Workload``."""
        return await self.whole.read_back(site)


def _checks() -> tuple[Check, ...]:
    """Those of every claim on reports. What proves that a run had something to show is the campaign's to say."""
    claim = claim_on(
        FAMILY,
        "simulated",
        "Whatever goes wrong, and in whichever order, every report says what the books say, and is sent.",
        lambda seed: Plan(()),
        lambda seed: ReportWorkload(seed, count=1, rate_per_second=RATE_PER_SECOND, invoices=1),
        evidence=Evidence(operations_ok=1),
    )
    return simulated_checks(claim)


@dataclass(frozen=True)
class SimulatedReports:
    """See ``harness.simulate.binding.Family``."""

    name: str
    checks: tuple[Check, ...]
    settle_seconds: float = 120.0

    def company(self, around: Around) -> Company:
        """The whole company: its other families have nothing to do."""
        return simulated_company(around)

    def workload(self, seed: int, without: frozenset[str]) -> Workload:
        """Every company has all stories; see ``TRIED_ON`` and ``LARGE``."""
        drawn = Seed(seed)
        draw = drawn.stream("simulated")
        count, adverse = draw.randint(0, MOST - 1), draw.random() < TRIED_ON
        invoices = LARGE_INVOICES if draw.random() < LARGE else len(STORIES)
        whole = ReportWorkload(drawn, count=count, rate_per_second=RATE_PER_SECOND, invoices=invoices, adverse=adverse)
        return SmallWorkload(whole, without)

    def world_fails(self, seed: int) -> bool:
        """Always: a report is made of what the world says."""
        return True


SIMULATED = SimulatedReports("reports", _checks())
