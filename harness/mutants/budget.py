"""What a trial in the simulator may cost, and the companies that a broken version is tried on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.simulate.campaign import Job
from harness.simulate.cuts import CUTS


@dataclass(frozen=True)
class Budget:
    """What one broken version gets: so many executions of workflows, or so many seconds, whichever is over first."""

    executions: int = 2_000
    seconds: float = 60.0

    def is_spent(self, executions: int, seconds: float) -> bool:
        """Whether so much is enough."""
        return executions >= self.executions or seconds >= self.seconds


def companies(families: Sequence[str], budget: Budget) -> Iterator[Job]:
    """Each seed as it is drawn, and once more with every activity cut in one way, another one for each seed.

    A company has an execution at least, so there are never fewer of them than the budget allows.
    """
    for seed in range(1, budget.executions + 1):
        for family in families:
            for cut in ("", CUTS[seed % len(CUTS)]):
                yield Job(family, seed, cut)
