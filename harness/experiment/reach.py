"""What of a claim finds nothing there, or what is somebody else's: read before anything is started.

Where it fits: `harness.experiment.prepare` asks for the stack `external`. Workers, the world and the application's
services are processes of the run on any stack; the server, its database and the links to it are not. Faults that a plan
does not describe by these words are taken for harmless; a fault that misses its target at run time says so then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.application.contract import Application
from harness.application.imported import place_of
from harness.errors import UsageError
from harness.experiment.claim import Claim
from harness.judge.checks.liveness import LivenessCheck
from harness.names import nearest_first

# The first word of a fault's kind says what it breaks.
NEVER_OURS = ("link", "postgres", "container")
OF_CONTAINERS = "container-"
OF_THE_WORLD = "service-"


@dataclass(frozen=True)
class Targets:
    """What a run has that can be broken.

    ``workers`` is how many the claim has, ``world`` whether the project names one, ``links`` whether the stack has
    links and a PostgreSQL, ``containers`` whether it is made of them, ``processes`` all of which there is one, by name;
    none where that is not known yet.
    """

    workers: int
    world: bool
    links: bool
    containers: bool
    processes: Collection[str] = ()

    def lack(self, plan: Sequence[Mapping[str, Any]]) -> list[str]:
        """The faults that would find nothing to break, and what to change, in words; empty when all find something."""
        return [f"{fault.get('fault_id', '')} {told}" for fault in plan for told in self._lacking(fault)]

    def _lacking(self, fault: Mapping[str, Any]) -> Iterator[str]:
        kind, parameters = str(fault.get("kind", "")), fault.get("parameters", {})
        slot, process = parameters.get("slot"), parameters.get("process")
        if slot is not None and not 1 <= slot <= self.workers:
            yield f"strikes slot {slot}, and there are 1 to {self.workers}; name one, or have more workers"
        if process is not None and self.processes and process not in self.processes:
            there = nearest_first(str(process), self.processes)
            yield f"breaks the process {process!r}, which is not there; there are {there}"
        if not self.world and (fault.get("hold") or fault.get("cut")):
            yield "waits for a hold point of a world; give it after_seconds, or name a world in [tool.assay]"
        elif not self.world and kind.startswith(OF_THE_WORLD):
            yield f"is a {kind}, which needs a world; take it out, or name a world in [tool.assay]"
        if kind.startswith(OF_CONTAINERS):
            if not self.containers:
                yield f"is a {kind}, for which this stack has no containers; say stacks=('compose',) in the claim"
        elif not self.links and kind.partition("-")[0] in NEVER_OURS:
            yield f"is a {kind}, for which this stack has nothing; say stacks=('full',) in the claim"


def require_types(claim: Claim, app: Application) -> None:
    """Refuse ends of a type of workflow that the application does not have: nothing would ever end so.

    :raises UsageError: the message names the type, and those that there are.
    """
    served = (each for queue in app.queues.values() for each in queue.workflows)
    definitions = (getattr(each, "__temporal_workflow_definition", None) for each in served)
    types = {definition.name for definition in definitions if definition is not None}
    if None in types:
        return  # A dynamic workflow goes by any name.
    named = {name for check in claim.checks if isinstance(check, LivenessCheck) for name in check.ends}
    for name in sorted(named - types, key=str):
        told = f"LivenessCheck states ends of {name!r}, and no queue of {app.name} serves a workflow of that type"
        there = nearest_first(str(name), sorted(types))
        raise UsageError(f"{place_of(claim.workload)}the claim {claim.name!r}: {told}; there are {there}")


def out_of_reach(plan: Sequence[Mapping[str, Any]], ours: Collection[str]) -> list[str]:
    """The faults that cannot be tried, in words; empty when all can.

    :param plan: the faults as ``plan.json`` has them.
    :param ours: the processes of which there is one and which the run starts itself, by name.
    """
    found = []
    for fault in plan:
        kind, parameters = str(fault.get("kind", "")), fault.get("parameters", {})
        process, link = parameters.get("process"), parameters.get("link")
        if process is not None and process not in ours:
            found.append(f"{fault.get('fault_id', kind)} breaks the process {process}")
        elif link is not None:
            found.append(f"{fault.get('fault_id', kind)} breaks the link {link}")
        elif kind.partition("-")[0] in NEVER_OURS:
            found.append(f"{fault.get('fault_id', kind)} is a {kind}")
    return found
