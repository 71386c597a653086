"""Everything that simulating a project needs, imported once per process."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from harness.application.contract import Application, load_application
from harness.application.imported import where_and_what
from harness.config import ProjectConfig
from harness.errors import HarnessDefect, UsageError
from harness.sim.kernel.choices import Choices
from harness.sim.simulation import FAULTS
from harness.sim.worker.kit import Earlier, Kit
from harness.simulate.binding import Family, Simulated, load_simulated
from harness.simulate.case import Case
from harness.simulate.claimed.project import ClaimedProject
from harness.simulate.kit import kit_for
from harness.simulate.once import Simulated as Got
from harness.simulate.once import simulate_once
from harness.simulate.plan_file import family_of


@dataclass(frozen=True)
class Project:
    """Where a project's parts are, as plain text: it goes to other processes.

    :param claims: of whom the claims are simulated where the module ``simulated`` has no ``simulated``.
    :param places: folders to import from before all others: those of a version of the application.
    """

    app: str
    simulated: str
    claims: ProjectConfig | None = None
    places: Sequence[str] = ()

    def version(self, folder: Path) -> Project:
        """The same with the version of the application in this folder."""
        return replace(self, places=[str(place) for place in (folder / "src", folder) if place.is_dir()])


@dataclass(frozen=True)
class Bench:
    """A project, imported."""

    app: Application
    simulated: Simulated

    @cached_property
    def kit(self) -> Kit:
        """The application's part of every simulation."""
        return kit_for(self.app)

    @property
    def families(self) -> Sequence[Family]:
        """All that can be simulated."""
        return self.simulated.families

    def family(self, name: str) -> Family:
        """The family of this name.

        :raises UsageError: there is none.
        """
        return family_of(self.families, name)

    @property
    def activities(self) -> frozenset[str]:
        """The names of all activities."""
        return frozenset(name for queue in self.app.queues.values() for name in queue.activities)

    def activities_beside(self, some: Collection[str]) -> frozenset[str]:
        """The names of all activities on the task queues of these: those of the families that have them."""
        queues = [set(queue.activities) for queue in self.app.queues.values()]
        return frozenset(name for names in queues if names & set(some) for name in names)

    @property
    def faults(self) -> tuple[str, ...]:
        """All kinds of fault."""
        return (*FAULTS, *self.simulated.faults)

    def run(self, case: Case, choices: Choices | None = None, earlier: Earlier | None = None) -> Got:
        """Simulate it; by default with what its seed draws.

        :param earlier: a version of the code that the executions are taken over from.
        :raises UsageError: code that is simulated would end the process, and with it the command, with any exit code.
        """
        choices = choices or case.choices(self.faults)
        try:
            if isinstance(self.simulated, ClaimedProject):
                if earlier is not None:
                    return self.simulated.once(case, choices, earlier)
                return self.simulated.simulate(case, choices)
            return simulate_once(self.app, replace(self.kit, earlier=earlier), case, choices)
        except SystemExit as error:
            told = f"{where_and_what(error)}: simulated code ends its process; raise another error"
            raise UsageError(f"{case.family.name}, seed {case.seed}: {told}") from error


def project_of(config: ProjectConfig, app: str | None = None) -> Project:
    """Where the parts of a project are.

    Where nothing offers ``simulated``, the claims are simulated with the application as it is.

    :param app: another application than the configured one; its module may offer ``simulated`` beside ``app``.
    """
    if app is None and config.simulated is not None:
        return Project(config.app, config.simulated)
    return Project(app or config.app, app or config.app, claims=config)


def open_bench(project: Project) -> Bench:
    """Import the project.

    :raises UsageError: it cannot be imported, or lacks something.
    """
    sys.path[:0] = [place for place in project.places if place not in sys.path[:1]]
    app = load_application(project.app)
    _require_from(project)
    if project.claims is not None and not hasattr(sys.modules[project.simulated], "simulated"):
        return Bench(app, ClaimedProject(project.claims, project.app, tuple(project.places)))
    return Bench(app, load_simulated(project.simulated))


def _require_from(project: Project) -> None:
    """A version of the application that is imported from elsewhere would be judged for another one."""
    file = str(sys.modules[project.app].__file__)
    if project.places and not any(file.startswith(place) for place in project.places):
        raise HarnessDefect(f"{project.app} was imported from {file}, and not from {' or '.join(project.places)}")
