"""Faults of a plan on attempts of activities, as a worker's interceptor: at the cuts at which the simulator has them.

Outside of the attempt log: what is lost before or after the log has seen it. Inside of it: what fails or is slow. A
lost attempt is one whose worker never says anything to the server, which the SDK does for one that is to be completed
by somebody else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from harness.experiment.attempt_log import AttemptLog
from harness.record.journal import Journal
from harness.sim.kernel.plan import Choice
from harness.sim.kernel.timeline import SECOND
from harness.sim.worker.attempt import FAULTS, InjectedFailure
from harness.simulate.attempts import Seen
from harness.simulate.on_server.places import Places
from harness.simulate.trouble import Trouble


class Struck:
    """What the workers of one company have in common.

    :param journal: of their attempt logs.
    :param subject_of: workflow id → what it is about.
    """

    def __init__(self, trouble: Trouble, places: Places, journal: Journal, subject_of: Callable[[str], str]) -> None:
        self.trouble, self.places, self.journal, self.subject_of = trouble, places, journal, subject_of
        self._seen: dict[tuple[str, int], Seen] = {}

    @property
    def attempts(self) -> Sequence[Seen]:
        """All attempts, in the order in which they began."""
        return list(self._seen.values())

    def began(self, place: str, number: int, worker: str, workflow_id: str) -> None:
        """An attempt has reached a worker."""
        seen = Seen(place, number, worker, self.subject_of(workflow_id), time.monotonic())
        self._seen[place, number] = seen

    def ended(self, place: str, number: int) -> None:
        """It is over."""
        self._seen[place, number] = replace(self._seen[place, number], ended_seconds=time.monotonic())


class StruckAttempts(Interceptor):
    """The interceptor of one worker; it has to be the outermost."""

    def __init__(self, struck: Struck, worker: str) -> None:
        self._struck, self._worker = struck, worker
        self._log = AttemptLog(struck.journal, worker, struck.subject_of)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See the base class."""
        inside = _Inside(next)
        return _Outside(self._log.intercept_activity(inside), inside, self._struck, self._worker)


class _Outside(ActivityInboundInterceptor):
    """Asks what strikes the attempt, and has the lost ones be lost."""

    def __init__(self, next: ActivityInboundInterceptor, inside: _Inside, struck: Struck, worker: str) -> None:
        super().__init__(next)
        self._inside, self._struck, self._worker = inside, struck, worker

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        workflow_id, run_id = info.workflow_id or "", info.workflow_run_id or ""
        place = f"{await self._struck.places.of(workflow_id, run_id)} activity {info.activity_id}"
        self._inside.fault = self._struck.trouble.fault(f"{place} attempt {info.attempt} fault", FAULTS)
        self._struck.began(place, info.attempt, self._worker, workflow_id)
        try:
            if self._inside.has("activity-lost-before"):
                activity.raise_complete_async()
            result = await super().execute_activity(input)
            if self._inside.has("activity-lost-after"):
                activity.raise_complete_async()
        finally:
            self._struck.ended(place, info.attempt)
        return result


class _Inside(ActivityInboundInterceptor):
    """Around the application's own interceptors.

    :ivar fault: what strikes this attempt.
    """

    fault: Choice | None = None

    def has(self, *kinds: str) -> bool:
        """Whether one of these strikes it."""
        return self.fault is not None and self.fault.kind in kinds

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        super().init(_Beats(outbound, self))

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        await self._slow("activity-slow-before")
        if self.has("activity-fails-before"):
            raise InjectedFailure("before it did anything")
        result = await super().execute_activity(input)
        await self._slow("activity-slow-after")
        if self.has("activity-fails-after"):
            raise InjectedFailure("after it was done")
        return result

    async def _slow(self, kind: str) -> None:
        if self.fault is not None and self.fault.kind == kind:
            await asyncio.sleep(self.fault.nanoseconds / SECOND)


class _Beats(ActivityOutboundInterceptor):
    """Heartbeats, which do not arrive where a fault has them not."""

    def __init__(self, next: ActivityOutboundInterceptor, inside: _Inside) -> None:
        super().__init__(next)
        self._inside = inside

    def heartbeat(self, *details: Any) -> None:
        if not self._inside.has("beats-lost"):
            super().heartbeat(*details)
