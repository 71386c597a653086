"""A simulation as a file that replays exactly: which company, what is left out of it, and every choice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.sim.kernel.choices import Replayed
from harness.sim.kernel.plan import Plan
from harness.simulate.binding import Family
from harness.simulate.case import Case
from harness.simulate.cuts import CUTS


@dataclass(frozen=True)
class PlanFile:
    """What the file holds."""

    family: str
    plan: Plan
    without: frozenset[str] = frozenset()
    crash_every_task: bool = False
    cut: str = ""

    @classmethod
    def of(cls, case: Case, plan: Plan) -> PlanFile:
        """The file of a simulation."""
        return cls(case.family.name, plan, case.without, case.crash_every_task, case.cut)

    def case(self, families: Sequence[Family]) -> Case:
        """What is to be simulated.

        :raises UsageError: the family is not known here, or has nothing of what is to be left out.
        """
        family = family_of(families, self.family)
        there = family.workload(self.plan.seed, frozenset()).operations()
        if unknown := self.without.difference(*({each.subject, each.operation_id} for each in there)):
            raise UsageError(
                f"nothing in {self.family} of seed {self.plan.seed} is called {', '.join(sorted(unknown))}, which the "
                "plan leaves out: it is another company now; delete the plan, and let `assay simulate` find others"
            )
        return Case(family, self.plan.seed, self.without, self.crash_every_task, self.cut)

    def choices(self) -> Replayed:
        """Those of the file; what it does not name is harmless."""
        return Replayed(self.plan)

    def strikes_nothing(self, came: Plan) -> bool:
        """Whether none of its faults came to pass: other code goes another way, and nothing was tried.

        A plan without faults tries by its times, or by a crash at every task.

        :param came: what came to pass.
        """
        if self.plan.faults:
            return not came.faults
        return bool(self.plan.choices) and not came.choices and not self.crash_every_task

    def to_json(self) -> str:
        """As text."""
        return json.dumps(
            {
                "family": self.family,
                "without": sorted(self.without),
                "crash_every_task": self.crash_every_task,
                "cut": self.cut,
                "plan": json.loads(self.plan.to_json()),
            },
            indent=1,
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> PlanFile:
        """Read what ``to_json`` wrote.

        :raises UsageError: it is no such text.
        """
        try:
            read = json.loads(text)
            plan = Plan.from_json(json.dumps(read["plan"]))
            without, crash, cut = read["without"], read["crash_every_task"], read["cut"]
            if not (isinstance(without, list) and isinstance(crash, bool)):
                raise ValueError("without is a list of names, and crash_every_task is true or false")
            if cut and cut not in CUTS:
                raise ValueError(f"cut is {cut!r}, and may be empty or one of {', '.join(CUTS)}")
            return cls(str(read["family"]), plan, frozenset(map(str, without)), crash, cut)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise UsageError(
                f"no plan of a simulation: {error!r}; `assay simulate` writes one where it fails"
            ) from error


def read_plan(file: Path) -> PlanFile:
    """The plan in a file.

    :raises UsageError: there is none.
    """
    try:
        return PlanFile.from_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: no plan of a simulation: {error}") from error


def family_of(families: Sequence[Family], name: str) -> Family:
    """The family of this name.

    :raises UsageError: there is none; the message names those there are.
    """
    for family in families:
        if family.name == name:
            return family
    known = ", ".join(each.name for each in families)
    raise UsageError(f"no family {name!r} can be simulated; there are {known or 'none'}")
