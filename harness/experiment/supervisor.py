"""The process that owns what `assay up` brought up: it starts it, waits for SIGTERM, and takes it down again.

Run as ``python -m harness.experiment.supervisor FOLDER ...`` by `assay up`, in a session of its own. It leaves
``state.json`` in the folder for `assay status` and `assay down`. A watchdog stands behind it: when the supervisor is
SIGKILLed, everything it started is gone seconds later.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from harness.application.contract import load_application
from harness.config import load_config
from harness.experiment.bring_up import STACKS, Blueprint, site_up
from harness.experiment.site import Site
from harness.experiment.world import load_world
from harness.record.journal import FileJournal
from harness.record.rundir import write_json
from harness.stack.processes.ports import FixedPorts
from harness.stack.processes.watchdog import Watchdog
from harness.stack.state import StackState, state_file

STACK_SEED = 0


async def supervise(folder: Path, root: Path, stack_id: str, *, stack: str, workers: int, began_seconds: float) -> None:
    """Bring up, leave the state, wait for SIGTERM or SIGINT, take down.

    :param began_seconds: when the command was given, by CLOCK_MONOTONIC.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = load_config(root)
    blueprint = Blueprint(
        run_id=stack_id,
        seed=STACK_SEED,
        folder=folder,
        root=config.root,
        version_folder=config.root,
        app=load_application(config.app),
        world=load_world(config.world) if config.world else None,
        workers=workers,
        stack=stack,
        fixed_ports=FixedPorts(),
    )
    journal = FileJournal(folder / "journal" / "supervisor.jsonl", "supervisor")
    async with site_up(blueprint, journal) as site:
        write_json(state_file(folder), asdict(_state(stack_id, stack, site, began_seconds, folder)))
        await stop.wait()
    state_file(folder).unlink(missing_ok=True)


def _state(stack_id: str, stack: str, site: Site, began_seconds: float, folder: Path) -> StackState:
    # Secrets stay with the processes that need them.
    shown = {name: value for name, value in site.environment.items() if "SECRET" not in name}
    return StackState(
        stack_id=stack_id,
        stack=stack,
        supervisor_pid=os.getpid(),
        server=site.environment["TEMPORAL_ADDRESS"],
        shown=dict(site.shown),
        environment=shown,
        first_workflow_seconds=site.worked_at_seconds - began_seconds if site.worked_at_seconds else None,
        folder=str(folder.resolve()),
    )


def main(arguments: list[str]) -> int:
    """Supervise until told to stop."""
    folder, root, stack_id, stack, workers, began = arguments
    with Watchdog(stack_id, containers=STACKS[stack].containers):
        asyncio.run(
            supervise(
                *(Path(folder), Path(root), stack_id), stack=stack, workers=int(workers), began_seconds=float(began)
            )
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
