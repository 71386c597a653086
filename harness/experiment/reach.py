"""What of a plan is out of reach where the server is somebody else's: read from the plan, before anything is started.

Where it fits: `harness.experiment.prepare` asks for the stack `external`. Workers, the world and the application's
services are processes of the run on any stack; the server, its database and the links to it are not. Faults that a plan
does not describe by these words are taken for harmless; a fault that misses its target at run time says so then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

# The first word of a fault's kind says what it breaks.
NEVER_OURS = ("link", "postgres")


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
