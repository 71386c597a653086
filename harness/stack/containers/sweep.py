"""Remove what a run has left at the engine, by its label: containers, then their network, then their volumes.

Where it fits: the watchdog and `assay down` call it, as they call `harness.stack.processes.sweep`. An image stays.
"""

from __future__ import annotations

import time

from harness.errors import EnvironmentMissing
from harness.stack.containers.engine import RUN_LABEL
from harness.stack.docker import DockerError, docker

REMOVAL_SECONDS, PAUSE_SECONDS = 60.0, 0.2
KINDS = {"container": ("rm", "--force", "--volumes"), "network": ("rm",), "volume": ("rm", "--force")}


def left_at_the_engine(label: str = RUN_LABEL, value: str | None = None) -> dict[str, list[str]]:
    """Kind (container, network, volume) → the names of those that carry the label, whatever they do."""
    wanted = f"label={label}" if value is None else f"label={label}={value}"
    listing = {"container": ["ls", "--all"], "network": ["ls"], "volume": ["ls"]}
    column = {"container": "{{.Names}}", "network": "{{.Name}}", "volume": "{{.Name}}"}
    return {kind: docker(kind, *listing[kind], "--filter", wanted, "--format", column[kind]).split() for kind in KINDS}


def remove_all_of(run_id: str, *, label: str = RUN_LABEL, rounds: int = 5) -> int:
    """Remove all that carries the run's id, until nothing is left (one may just have been made); returns how many.

    :raises EnvironmentMissing: the engine does not answer, or something stays; the message says what, and why.
    """
    removed, trouble = 0, ""
    for number in range(rounds):
        left = left_at_the_engine(label, run_id)
        if not any(left.values()):
            return removed
        # What is in use still, or what somebody else is removing, is tried again.
        time.sleep(number * PAUSE_SECONDS)
        for kind, names in left.items():
            for name in names:
                try:
                    docker(kind, *KINDS[kind], name, timeout_seconds=REMOVAL_SECONDS)
                    removed += 1
                except DockerError as error:
                    trouble = str(error)
    if left := {kind: names for kind, names in left_at_the_engine(label, run_id).items() if names}:
        commands = " && ".join(f"docker {' '.join((kind, *KINDS[kind], *names))}" for kind, names in left.items())
        raise EnvironmentMissing(f"what this run has made could not be removed ({trouble}); try `{commands}`")
    return removed
