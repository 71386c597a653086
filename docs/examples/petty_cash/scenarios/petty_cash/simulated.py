"""Petty cash in the simulator: a seed is a company with one to fourteen vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from scenarios.petty_cash.family import FAMILY
from scenarios.petty_cash.workload import VoucherWorkload

MOST = 14
"""Of fourteen one asks for too much and one for less than nothing."""
RATE_PER_SECOND = 4.0


class SmallWorkload(VoucherWorkload):
    """A workload of claims without its canaries.

    :param without: subjects and operations that are left out, with all that needs them.
    """

    def __init__(self, seed: int, without: frozenset[str]) -> None:
        drawn = Seed(seed)
        count = drawn.stream("simulated").randint(1, MOST)
        super().__init__(drawn, count=count, rate_per_second=RATE_PER_SECOND)
        self._without = without

    async def prepare(self, site: Site) -> None:
        """Nothing has to be there."""

    def canaries(self) -> Sequence[PlannedOperation]:
        """None: nothing can be wrong with the machine."""
        return ()

    def operations(self) -> Sequence[PlannedOperation]:
        """See ``Workload``."""
        return left_of(super().operations(), self._without)


def _checks() -> tuple[Check, ...]:
    """Those of every claim on vouchers. What proves that a run had something to show is the campaign's to say."""
    claim = claim_on(
        FAMILY,
        "simulated",
        "Whatever goes wrong, and in whichever order, every voucher is booked once.",
        lambda seed: Plan(()),
        lambda seed: VoucherWorkload(seed, count=1, rate_per_second=RATE_PER_SECOND),
        evidence=Evidence(operations_ok=1),
    )
    return simulated_checks(claim)


@dataclass(frozen=True)
class SimulatedVouchers:
    """See ``harness.simulate.binding.Family``."""

    name: str
    checks: tuple[Check, ...]
    settle_seconds: float = 120.0

    def company(self, around: Around) -> Company:
        """The whole company: its other families have nothing to do."""
        return simulated_company(around)

    def workload(self, seed: int, without: frozenset[str]) -> Workload:
        """See the module."""
        return SmallWorkload(seed, without)

    def world_fails(self, seed: int) -> bool:
        """Always: some activities are asked for only then."""
        return True


SIMULATED = SimulatedVouchers("petty_cash", _checks())
