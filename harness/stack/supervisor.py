"""The process that owns what `assay up` brought up: it starts it, waits for SIGTERM, and takes it down again.

Run as ``python -m harness.stack.supervisor FOLDER ...`` by `assay up`, in a session of its own. It leaves
``state.json`` in the folder for `assay status` and `assay down`. A watchdog stands behind it: when the supervisor is
SIGKILLed, everything it started is gone seconds later.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from harness.application import load_application
from harness.bring_up import Blueprint, site_up
from harness.config import load_config
from harness.errors import EnvironmentMissing
from harness.journal import FileJournal
from harness.rundir import write_json
from harness.site import Site
from harness.stack.endpoints import FixedPorts
from harness.stack.temporal_roles import draw_roles
from harness.stack.watchdog import Watchdog
from harness.world import load_world

FIXED_PORTS = FixedPorts()
SERVER_PORT, UI_PORT = FIXED_PORTS.temporal, FIXED_PORTS.ui
STACK_SEED = 0


@dataclass(frozen=True)
class StackState:
    """What ``state.json`` says: how to find the supervisor and what it brought up.

    :param first_workflow_seconds: from the command to the first completed workflow; ``None`` where none was tried.
    """

    stack_id: str
    stack: str
    supervisor_pid: int
    server: str
    shown: dict[str, str]
    environment: dict[str, str]
    first_workflow_seconds: float | None = None


def ports_of(stack: str) -> dict[int, str]:
    """The ports that have to be free for `assay up`, and what each is for."""
    ports = {FIXED_PORTS.temporal: "Temporal", FIXED_PORTS.ui: "Temporal's UI"}
    if stack == "full":
        ports |= {FIXED_PORTS.postgres: "PostgreSQL", FIXED_PORTS.toxiproxy: "Toxiproxy"}
        roles = draw_roles({}, metrics_port=FIXED_PORTS.metrics)
        ports |= {role.ports.metrics: f"metrics of Temporal's {role.name}" for role in roles}
    return ports


def stack_folder(root: Path) -> Path:
    """Where the stack of the project in ``root`` keeps its data, logs and state."""
    return root / ".assay" / "stack"


def state_file(folder: Path) -> Path:
    """Where the supervisor of this folder leaves its state once everything is ready."""
    return folder / "state.json"


def read_state(folder: Path) -> StackState | None:
    """The state that a supervisor left, ``None`` when there is none (nothing was brought up here)."""
    file = state_file(folder)
    return StackState(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None


def is_alive(state: StackState) -> bool:
    """Whether the supervisor of this state lives: the process id alone could be somebody else's by now."""
    with contextlib.suppress(psutil.Error):
        return state.stack_id in psutil.Process(state.supervisor_pid).cmdline()
    return False


def state_of_living(folder: Path) -> StackState:
    """The state of the stack that is up.

    :raises EnvironmentMissing: none is, or its supervisor is gone.
    """
    state = read_state(folder)
    if state is None:
        raise EnvironmentMissing("no stack is up; `assay up` starts one")
    if not is_alive(state):
        raise EnvironmentMissing("the stack's supervisor is gone; run `assay down`, then `assay up`")
    return state


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
        fixed_ports=FIXED_PORTS,
    )
    journal = FileJournal(folder / "journal" / "supervisor.jsonl", "supervisor")
    async with site_up(blueprint, journal) as site:
        write_json(state_file(folder), asdict(_state(stack_id, stack, site, began_seconds)))
        await stop.wait()
    state_file(folder).unlink(missing_ok=True)


def _state(stack_id: str, stack: str, site: Site, began_seconds: float) -> StackState:
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
    )


def main(arguments: list[str]) -> int:
    """Supervise until told to stop."""
    folder, root, stack_id, stack, workers, began = arguments
    with Watchdog(stack_id):
        asyncio.run(
            supervise(
                *(Path(folder), Path(root), stack_id), stack=stack, workers=int(workers), began_seconds=float(began)
            )
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
