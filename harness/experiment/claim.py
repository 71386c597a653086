"""A claim: one promise, how it is tried, and what has to be seen before it may be called kept.

A claim is a value in a scenario file. The engine runs any claim in the same phases; everything that makes one claim
different from another is in here.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.experiment.site import Site
from harness.experiment.workload import Drive, Workload, drive
from harness.judge.check import Check as Check
from harness.judge.checks.vacuity import VacuityCheck

# Claims take it from here, with the rest of what a claim is made of.
from harness.judge.evidence import Evidence as Evidence
from harness.report.vocabulary import Vocabulary
from harness.seed import Seed
from harness.verdict import Verdict


class Nemesis(Protocol):
    """Injects the faults of one plan and heals them."""

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """The faults as plain JSON, in the order of the plan."""

    async def prepare(self, site: Site) -> None:
        """Arm what has to be armed before work begins (hold points)."""

    async def run(self, site: Site) -> None:
        """Inject and heal every fault at its time or milestone; return when the last is healed."""

    async def heal(self, site: Site) -> None:
        """Heal everything, whatever was injected. Idempotent; raises when something cannot be healed."""


A_FUNCTION = "a function of the seed, such as lambda seed: Orders()"
WANTED: Mapping[str, str] = {
    "workload": A_FUNCTION,
    "nemesis": A_FUNCTION.replace("Orders()", "PlanNemesis(Plan((…,)))"),
    "drive": "a coroutine function, as `Drive` has it",
    "name": "a text",
    "promise": "a text",
    "checks": "a tuple of checks, such as (ReplayCheck(),); mind the brackets and the comma",
    "evidence": "an Evidence(operations_ok=12, faults_landed=1)",
    "workers": "a whole number, at least 1",
    "settle_seconds": "a number of seconds, above 0",
    "stacks": 'a tuple of names, such as ("dev",); mind the comma',
}
"""What each part of a claim has to be, for whoever wrote something else."""


@dataclass(frozen=True)
class Claim:
    """One promise and the way it is tried. Its evidence is checked, whether its ``checks`` say so or not.

    ``settle_seconds`` is the liveness bound: after everything is healed, every execution has this long to end.
    ``stacks`` are those that have all it breaks, by name; on the first it is tried when nobody asks for another.
    ``drive`` runs the schedule: by itself, or by a load generator.
    """

    name: str
    promise: str
    workload: Callable[[Seed], Workload]
    nemesis: Callable[[Seed], Nemesis]
    checks: tuple[Check, ...]
    evidence: Evidence
    workers: int = 3
    settle_seconds: float = 40.0
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    stacks: tuple[str, ...] = ("dev", "full", "external")
    drive: Drive = drive

    def __post_init__(self) -> None:
        """Refuse what no claim is made of, where the claim is written.

        :raises TypeError: a part is not what it must be; the message names it.
        """
        functions = {name: callable(getattr(self, name)) for name in ("workload", "nemesis", "drive")}
        fitting = functions | {
            "name": isinstance(self.name, str),
            "promise": isinstance(self.promise, str),
            "checks": isinstance(self.checks, Sequence) and all(map(_is_check, self.checks)),
            "evidence": isinstance(self.evidence, Evidence),
            "workers": isinstance(self.workers, int) and self.workers > 0,
            "settle_seconds": isinstance(self.settle_seconds, int | float) and 0 < self.settle_seconds < math.inf,
            "stacks": isinstance(self.stacks, Sequence) and not isinstance(self.stacks, str),
        }
        wrong = [name for name, fits in fitting.items() if not fits]
        if told := [f"{name} cannot be {getattr(self, name)!r}, but {WANTED[name]}" for name in wrong]:
            raise TypeError(f"the claim {self.name!r}: {'; '.join(told)}")
        if not any(isinstance(check, VacuityCheck) for check in self.checks):
            # A fault that never landed would be nobody's business, and the run green for nothing.
            object.__setattr__(self, "checks", (*self.checks, VacuityCheck(self.evidence)))


def _is_check(check: object) -> bool:
    return callable(check) and not inspect.isclass(check) and isinstance(getattr(check, "name", None), str)


class TryClaim(Protocol):
    """What the pytest fixture ``try_claim`` gives: runs a claim as `assay run` does and returns the verdict."""

    def __call__(self, claim: Claim) -> Verdict:
        """Run the claim on its first stack, in a process of its own; its summary goes to the test's output."""
