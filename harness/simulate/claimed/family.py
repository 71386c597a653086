"""A claim as the simulator takes it: its workload, its checks, and the application's activities as they are.

The nemesis of the claim has no part in it: faults strike where the choices of the simulation say so.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import httpx

from harness.application.contract import Application
from harness.application.imported import where_and_what
from harness.application.workers import activities_by_queue, name_of
from harness.errors import AssayError, UsageError
from harness.experiment.asked_workload import require_answer
from harness.experiment.claim import Claim
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, Workload
from harness.judge.check import Check
from harness.judge.checks.cuts import CutsCheck
from harness.judge.checks.latency import LatencyCheck
from harness.judge.checks.replay import ReplayCheck
from harness.judge.checks.vacuity import VacuityCheck
from harness.record.lines import Line
from harness.seed import Seed
from harness.sim.refusal import NotSimulated
from harness.simulate.binding import Around

SETTLE_SECONDS = 3600.0
"""How long everything has to end at least. Three attempts of each activity may be struck, and each of them may cost a
whole start-to-close time-out; virtual time costs nothing."""
ADDRESS = {"TEMPORAL_ADDRESS": "simulated.invalid:7233", "TEMPORAL_NAMESPACE": "default"}


class NoHttp(httpx.AsyncBaseTransport):
    """Refuses every request by name."""

    async def handle_async_request(self, request: httpx.Request) -> NoReturn:
        """Refuse it.

        :raises NotSimulated: always.
        """
        raise NotSimulated(
            f"{request.method} {request.url}: the services of an application are not simulated; bind them in memory, "
            "see docs/simulator.md"
        )


@dataclass(frozen=True)
class ApplicationAlone:
    """See ``harness.simulate.binding.Company``: what there is of the world, the application keeps in its own memory."""

    environment: Mapping[str, str]
    activities: Sequence[Callable[..., Any]]
    world_ports: Mapping[str, int] = field(default_factory=dict)
    http: httpx.AsyncBaseTransport = field(default_factory=NoHttp)
    lines: Sequence[Line] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)

    def close(self) -> None:
        """Nothing to give back."""


@dataclass(frozen=True)
class ClaimedWorkload:
    """The claim's, without what is left out; what is wrong in its code is told with its line.

    :param without: subjects and operations that are left out, with all that needs them.
    """

    whole: Workload
    without: frozenset[str] = frozenset()

    def describe(self) -> Mapping[str, Any]:
        """See ``Workload``."""
        with _theirs("describe"):
            return self.whole.describe()

    async def prepare(self, site: Site) -> None:
        """See ``Workload``."""
        with _theirs("prepare"):
            await self.whole.prepare(site)

    def canaries(self) -> Sequence[PlannedOperation]:
        """See ``Workload``."""
        with _theirs("canaries"):
            return [replace(each, call=_told(each)) for each in self.whole.canaries()]

    def operations(self) -> Sequence[PlannedOperation]:
        """See ``Workload``."""
        with _theirs("operations"):
            found = list(self.whole.operations())
        found = [each for each in found if not {each.subject, each.operation_id} & self.without]
        left = {each.operation_id for each in found}
        while missing := {each.operation_id for each in found if not left.issuperset(each.needs)}:
            found = [each for each in found if each.operation_id not in missing]
            left -= missing
        follows = {each.operation_id: tuple(name for name in each.follows if name in left) for each in found}
        return [replace(each, call=_told(each), follows=follows[each.operation_id]) for each in found]

    async def settle(self, site: Site) -> bool:
        """See ``Workload``."""
        with _theirs("settle"):
            return await self.whole.settle(site)

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """See ``Workload``."""
        with _theirs("read_back"):
            return await self.whole.read_back(site)


def _told(operation: PlannedOperation) -> Callable[[Caller], Awaitable[Answer]]:
    async def call(caller: Caller) -> Answer:
        with _theirs(f"operation {operation.operation_id}", operation.call):
            answer = await operation.call(caller)
            require_answer(answer)
            return answer

    return call


@contextmanager
def _theirs(what: str, where: object = None) -> Iterator[None]:
    try:
        yield
    except AssayError:
        raise
    except Exception as error:
        raise UsageError(f"the workload's {what}: {where_and_what(error, where)}") from error


@dataclass(frozen=True)
class ClaimFamily:
    """See ``harness.simulate.binding.Family``."""

    claim: Claim
    app: Application

    @property
    def name(self) -> str:
        """The claim's."""
        return self.claim.name

    @property
    def checks(self) -> Sequence[Check]:
        """The claim's and *replay*. What demands numbers or faults of a real run is left out."""
        kept = [each for each in self.claim.checks if not isinstance(each, VacuityCheck | LatencyCheck | CutsCheck)]
        return kept if any(isinstance(each, ReplayCheck) for each in kept) else [*kept, ReplayCheck()]

    @property
    def settle_seconds(self) -> float:
        """See ``SETTLE_SECONDS``."""
        return max(self.claim.settle_seconds, SETTLE_SECONDS)

    def company(self, around: Around) -> ApplicationAlone:
        """The application, bound as a worker binds it.

        :raises UsageError: its settings, ports or activities cannot be made, or a queue serves what is not there.
        :raises NotSimulated: two activities have one name.
        """
        environment = {**os.environ, **ADDRESS}
        try:
            activities = self.app.activities(self.app.ports(self.app.settings(environment)))
        except AssayError:
            raise
        except Exception as error:
            raise UsageError(f"{self.app.name}: app.activities: {where_and_what(error)}") from error
        _require_served(self.app, activities)
        return ApplicationAlone(environment, activities)

    def workload(self, seed: int, without: frozenset[str]) -> ClaimedWorkload:
        """What the claim asks for with this seed."""
        with _theirs("making"):
            return ClaimedWorkload(self.claim.workload(Seed(seed)), without)

    def world_fails(self, seed: int) -> bool:
        """There is none."""
        return False


def _require_served(app: Application, activities: Sequence[Callable[..., Any]]) -> None:
    names = [name_of(app, each) for each in activities]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise NotSimulated(f"{app.name}: two activities are called {twice[0]!r}; give each a name of its own")
    activities_by_queue(app, activities)
