"""The claims of a project as families, each simulation with modules that were imported anew."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.application.contract import Application, load_application
from harness.config import ProjectConfig
from harness.experiment.claims import claim_names, load_claim
from harness.sim.kernel.choices import Choices, Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.worker.kit import Earlier
from harness.simulate.case import Case
from harness.simulate.claimed.baseline import OVERTAKING, Baseline, baseline_of, same_ends
from harness.simulate.claimed.family import ClaimFamily
from harness.simulate.kit import kit_for
from harness.simulate.once import Simulated, simulate_once
from harness.simulate.process.anew import forget
from harness.verdict import CheckResult, Verdict

KEPT_AT_MOST = 64
WITHOUT_FAULTS = "says so without faults, too, when so much is left out: "


@dataclass(frozen=True)
class ClaimedProject:
    """See ``harness.simulate.binding.Simulated``.

    :param app: the module of the application, which may be another than the configured one.
    :param places: folders that a version of the application lies in, instead of the project's.
    """

    config: ProjectConfig
    app: str
    places: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def families(self) -> Sequence[ClaimFamily]:
        """One for each claim.

        :raises UsageError: one of them cannot be imported.
        """
        app = load_application(self.app)
        return [ClaimFamily(load_claim(self.config, name), app) for name in claim_names(self.config)]

    @property
    def unseen(self) -> Sequence[str]:
        """What the application has and a simulation of it alone has not, in words."""
        app = load_application(self.app)
        return [
            *(["app.workers: workers are made of the queues, without what it sets beside them"] if app.workers else []),
            *(f"the service {each.name}: whoever asks it is refused" for each in app.services),
            *([f"the world {self.config.world}: nothing of it is there"] if self.config.world else []),
        ]

    def simulate(self, case: Case, choices: Choices) -> Simulated:
        """Simulate a company of a claim, and hold it against the same one with nothing wrong.

        A check that says INVALID although nothing went wrong, and only where a part of the workload is left out, may
        count what is not there: that is no smaller failure, and no failure at all.
        """
        got = self.once(case, choices)
        baseline = _baseline(self, case.family.name, case.seed, case.without)
        counting = baseline.broken
        if counting:
            counting -= _baseline(self, case.family.name, case.seed, frozenset()).broken
        results = [_counting(each) if each.check in counting else each for each in got.results]
        return replace(got, case=case, results=[*results, same_ends(got.record, baseline)])

    def once(self, case: Case, choices: Choices, earlier: Earlier | None = None) -> Simulated:
        """Simulate it, and hold it against nothing but its claim.

        :param earlier: a version of the code that the executions are taken over from.
        """
        forget([self.config.root, *map(Path, self.places)], self.config.scenarios)
        app: Application = load_application(self.app)
        family = ClaimFamily(load_claim(self.config, case.family.name), app)
        kit = replace(kit_for(app), earlier=earlier)
        return simulate_once(app, kit, replace(case, family=family), choices)

    def without_faults(self, name: str, seed: int, without: frozenset[str]) -> Baseline:
        """The company of this claim and seed with nothing wrong."""
        family = next(each for each in self.families if each.name == name)
        case = Case(family, seed, without)
        calm, overtaking = (self.once(case, Drawn(seed, swarm)) for swarm in (CALM, OVERTAKING))
        return baseline_of(calm.record, overtaking.record, frozenset(each.check for each in calm.broken))


@functools.lru_cache(KEPT_AT_MOST)
def _baseline(project: ClaimedProject, name: str, seed: int, without: frozenset[str]) -> Baseline:
    """Kept, because a failure is made small with many choices on the same company."""
    return project.without_faults(name, seed, without)


def _counting(result: CheckResult) -> CheckResult:
    if result.verdict is not Verdict.INVALID:
        return result
    return replace(result, verdict=Verdict.UNKNOWN, summary=f"{WITHOUT_FAULTS}{result.summary}", findings=())
