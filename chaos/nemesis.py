"""The nemesis: carries a plan out. Each fault waits for its moment, strikes, stays, and is healed, whatever happens.

Where it fits: a claim draws a plan and gives it to a nemesis; `harness.run` prepares it, runs it beside the workload
and has it heal. Every step is journalled with its evidence. A fault that cannot be injected ends neither the run nor
the other faults: it is journalled as an error, and the vacuity check makes the run UNKNOWN. One that cannot be healed
ends the run, because whatever came after it would be told of a system that is still broken.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from chaos import make_fault
from chaos.cuts import let_go, next_request
from chaos.fault import Fault, Gradual, Milestone
from chaos.plan import Plan, PlannedFault
from harness.errors import AssayError, EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.words import words_of

# A held request is released when nobody came to kill its worker, so that a defect cannot hang the run.
RELEASE_AFTER_SECONDS = 20.0
MILESTONE_TIMEOUT_SECONDS = 600.0


class PlanNemesis:
    """Runs one plan once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._faults = [(planned, make_fault(planned.kind, planned.parameters)) for planned in plan.faults]
        self._holds: dict[str, str] = {}
        self._unhealed: set[str] = set()

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """The faults as plain JSON, in the order of the plan."""
        return self._plan.to_json()

    async def prepare(self, site: Site) -> None:
        """Write the plan into the journal and arm every hold point, before work can pass one."""
        for planned, fault in self._faults:
            description = f"{fault.description}, {planned.when()}"
            cut = {"cut": {"effect": planned.cut.effect, "way": planned.cut.way}} if planned.cut else {}
            told = {"description": description, "words": fault.words, **cut}
            site.journal.write("fault-planned", fault_id=planned.fault_id, fault=planned.kind, **told)
            if (planned.hold or planned.cut) and site.world is None:
                raise UsageError(f"{planned.fault_id} waits for a hold point, but the project names no world")
            if planned.hold is not None:
                assert site.world is not None
                hold = await site.world.arm_hold(**planned.hold.__dict__, release_after_seconds=RELEASE_AFTER_SECONDS)
                self._holds[planned.fault_id] = hold.hold_id

    async def run(self, site: Site) -> None:
        """Strike and heal every fault at its moment; returns when the last is healed."""
        lanes: dict[str, list[tuple[PlannedFault, Fault]]] = defaultdict(list)
        for planned, fault in self._faults:
            lanes[f"lane {planned.cut.lane}" if planned.cut else planned.fault_id].append((planned, fault))
        async with asyncio.TaskGroup() as group:
            for lane in lanes.values():
                group.create_task(self._lane(lane, site))

    async def heal(self, site: Site) -> None:
        """Heal everything once more, whatever was injected.

        :raises EnvironmentMissing: something could not be healed, for whatever reason; everything else is.
        """
        errors: dict[str, Exception] = {}
        for planned, fault in self._faults:
            try:
                await fault.heal(site)
                # One whose own turn could not say so, because the run was broken off or its first healing failed.
                self._healed(planned, fault, site)
            except Exception as error:
                errors[f"{planned.fault_id} ({planned.kind})"] = error
        for fault_id, hold_id in self._holds.items():
            try:
                if site.world is not None:
                    await site.world.release(hold_id)
            except Exception as error:
                errors[f"{fault_id} (the request that it held)"] = error
        if errors:
            told = "; ".join(f"{name}: {_named(error)}" for name, error in errors.items())
            raise EnvironmentMissing(f"what was broken could not be healed: {told}") from ExceptionGroup(
                "healing", list(errors.values())
            )

    async def _lane(self, lane: Sequence[tuple[PlannedFault, Fault]], site: Site) -> None:
        """One fault after the other, each when the one before is healed."""
        for planned, fault in lane:
            await self._one(planned, fault, site)

    async def _one(self, planned: PlannedFault, fault: Fault, site: Site) -> None:
        def note(event: str, evidence: str = "", more: Mapping[str, Any] = MappingProxyType({})) -> None:
            site.journal.write("fault", fault_id=planned.fault_id, event=event, evidence=evidence, **more)

        self._unhealed.add(planned.fault_id)
        try:
            milestone = await self._moment(planned, site)
            try:
                evidence = await fault.inject(site, milestone)
                note("injected", more=_since(fault))
                note("landed", evidence, _struck(fault))
            finally:
                await self._let_go(planned, site)
            await asyncio.sleep(fault.lasts_seconds)
        except EnvironmentMissing as error:
            note("error", str(error))
        finally:
            await fault.heal(site)
        self._healed(planned, fault, site)
        felt = fault.felt(site)
        if felt is not None:
            note("felt", felt)

    def _healed(self, planned: PlannedFault, fault: Fault, site: Site) -> None:
        """Say so once, with what it struck from beginning to end, also of one that broke only half of it."""
        if planned.fault_id in self._unhealed:
            self._unhealed.remove(planned.fault_id)
            site.journal.write("fault", fault_id=planned.fault_id, event="healed", evidence="", **_struck(fault))

    async def _let_go(self, planned: PlannedFault, site: Site) -> None:
        """Let the request that the fault waited for go its way, whether or not it could be struck."""
        hold_id = self._holds.get(planned.fault_id)
        if hold_id is None or site.world is None:
            return
        if planned.cut is not None:
            await let_go(planned.cut, hold_id, site.world)
        else:
            await site.world.release(hold_id)

    async def _moment(self, planned: PlannedFault, site: Site) -> Milestone | None:
        """Wait for the fault's time or milestone."""
        if planned.cut is not None:
            assert site.world is not None
            hold, milestone = await next_request(planned.cut, site, site.world)
            self._holds[planned.fault_id] = hold.hold_id
            site.journal.write(
                "fault", fault_id=planned.fault_id, event="engaged", evidence="", attempt_id=hold.attempt_id
            )
            return milestone
        if planned.hold is None:
            await asyncio.sleep(planned.after_seconds or 0.0)
            return None
        assert site.world is not None
        deadline = asyncio.get_running_loop().time() + MILESTONE_TIMEOUT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            hold = await site.world.wait_for_hold(self._holds[planned.fault_id], wait_seconds=5.0)
            if hold.state == "engaged" and hold.reference is not None:
                return Milestone(hold.reference)
            if hold.state != "armed":
                raise EnvironmentMissing(f"the hold point was {hold.state} before the fault could strike")
            if site.work_over.is_set():
                break
        raise EnvironmentMissing(f"the milestone never came: {planned.when()}")


def _struck(fault: Fault) -> Mapping[str, Any]:
    """What it has struck, as plain JSON."""
    return {"struck": [{**strike.__dict__, "ends": list(strike.ends)} for strike in fault.struck]}


def _since(fault: Fault) -> Mapping[str, float]:
    """When it began to strike, of a fault that did so before it had landed."""
    since = fault.since_seconds if isinstance(fault, Gradual) else None
    return {} if since is None else {"since_seconds": round(since, 6)}


def _named(error: Exception) -> str:
    """Our own words, or what an error of somebody else's is and says."""
    return str(error) if isinstance(error, AssayError) else words_of(error)
