"""Everything that simulating a project needs, imported once per process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.application.contract import Application, load_application
from harness.config import ProjectConfig
from harness.errors import HarnessDefect, UsageError
from harness.sim.kernel.choices import Choices
from harness.sim.simulation import FAULTS
from harness.sim.worker.kit import Kit, kit_of
from harness.simulate.binding import Family, Simulated, load_simulated
from harness.simulate.once import Case, simulate_once
from harness.simulate.once import Simulated as Got

HEARTBEAT_THROTTLES = {
    "default_heartbeat_throttle_interval": "beats_every",
    "max_heartbeat_throttle_interval": "beats_at_most_every",
}
"""Options of the SDK's worker → those of the simulator's kit."""


@dataclass(frozen=True)
class Project:
    """Where a project's parts are, as plain text: it goes to other processes.

    :param places: folders to import from before all others: those of a version of the application.
    """

    app: str
    simulated: str
    places: Sequence[str] = ()


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

    @property
    def activities(self) -> frozenset[str]:
        """The names of all activities."""
        return frozenset(name for queue in self.app.queues.values() for name in queue.activities)

    @property
    def faults(self) -> tuple[str, ...]:
        """All kinds of fault."""
        return (*FAULTS, *self.simulated.faults)

    def run(self, case: Case, choices: Choices | None = None) -> Got:
        """Simulate it; by default with what its seed draws."""
        return simulate_once(self.app, self.kit, case, choices or case.choices(self.faults))


def kit_for(app: Application) -> Kit:
    """The application's part of every simulation: all but its activities, which are bound to a company."""
    beats = {
        mine: app.worker_options[theirs] for theirs, mine in HEARTBEAT_THROTTLES.items() if theirs in app.worker_options
    }
    return kit_of(
        queues=list(app.queues),
        workflows=[workflow for queue in app.queues.values() for workflow in queue.workflows],
        activities=[],
        converter=app.data_converter,
        interceptors=app.interceptors,
        failure_types=app.workflow_failure_exception_types,
        **beats,
    )


def project_of(config: ProjectConfig, app: str | None = None) -> Project:
    """Where the parts of a project are.

    :param app: another application than the configured one; its module has to offer ``simulated`` beside ``app``.
    :raises UsageError: nothing says what is to be simulated.
    """
    if app is not None:
        return Project(app, app)
    if config.simulated is None:
        raise UsageError(
            f'{config.root / "pyproject.toml"} [tool.assay] names nothing to simulate; add simulated = "your.module", '
            "see docs/simulator.md"
        )
    return Project(config.app, config.simulated)


def open_bench(project: Project) -> Bench:
    """Import the project.

    :raises UsageError: it cannot be imported, or lacks something.
    """
    sys.path[:0] = [place for place in project.places if place not in sys.path[:1]]
    app = load_application(project.app)
    _require_from(project)
    return Bench(app, load_simulated(project.simulated))


def _require_from(project: Project) -> None:
    """A version of the application that is imported from elsewhere would be judged for another one."""
    file = str(sys.modules[project.app].__file__)
    if project.places and not any(file.startswith(place) for place in project.places):
        raise HarnessDefect(f"{project.app} was imported from {file}, and not from {' or '.join(project.places)}")
