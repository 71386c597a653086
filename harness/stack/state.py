"""What is known of the stack that `assay up` brought up: the file that its supervisor leaves, and whether it lives.

Where it fits: `harness.experiment.supervisor` writes it, the commands read it. Here is nothing that takes long to
import: these commands are typed by hand, and `assay up` has the first seconds of a stack to lose.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.errors import EnvironmentMissing
from harness.stack.processes.ports import FixedPorts
from harness.stack.server_config import ROLES


@dataclass(frozen=True)
class StackState:
    """What ``state.json`` says: how to find the supervisor and what it brought up.

    :param first_workflow_seconds: from the command to the first completed workflow; ``None`` where none was tried.
    :param folder: where it is, which a copy of that folder is not.
    """

    stack_id: str
    stack: str
    supervisor_pid: int
    server: str
    shown: dict[str, str]
    environment: dict[str, str]
    first_workflow_seconds: float | None = None
    folder: str = ""


def ports_of(stack: str, workers: int = 0) -> dict[int, str]:
    """The ports that have to be free for `assay up` with so many workers, and what each is for."""
    fixed = FixedPorts()
    ports = {fixed.temporal: "Temporal", fixed.ui: "Temporal's UI"}
    if stack == "full":
        ports |= {fixed.postgres: "PostgreSQL", fixed.toxiproxy: "Toxiproxy"}
        ports |= {fixed.metrics + place: f"metrics of Temporal's {role}" for place, role in enumerate(ROLES)}
    if stack == "compose":
        ports |= {fixed.postgres: "PostgreSQL", fixed.toxiproxy: "Toxiproxy", fixed.metrics: "metrics of Temporal"}
    if stack == "dev":
        ports |= {fixed.metrics: "metrics of Temporal"}
    ports |= {fixed.worker_metrics + place: f"metrics of worker-{place + 1}" for place in range(workers)}
    return ports


def stack_folder(root: Path) -> Path:
    """Where the stack of the project in ``root`` keeps its data, logs and state."""
    return root / ".assay" / "stack"


def state_file(folder: Path) -> Path:
    """Where the supervisor of this folder leaves its state once everything is ready."""
    return folder / "state.json"


def read_state(folder: Path) -> StackState | None:
    """The state that a supervisor left, ``None`` when there is none (nothing was brought up here).

    That of another project, which was copied with its folder, is none: who ends that stack does it there.
    """
    file = state_file(folder)
    if not file.is_file():
        return None
    state = StackState(**json.loads(file.read_text(encoding="utf-8")))
    own = state_file(Path(state.folder))
    return None if state.folder and own.is_file() and not own.samefile(file) else state


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
