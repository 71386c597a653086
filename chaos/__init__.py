"""What we break: one fault per file, the plan they are drawn into, and the nemesis that carries a plan out.

``FAULTS`` is the table from a fault's name in a plan to what makes the fault from its parameters. Adding a fault is a
file and a line here; the nemesis never asks which fault it holds, and the report has its words from the fault itself.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from chaos.fault import Fault
from chaos.links.link_cut import link_cut
from chaos.links.link_slow import LinkSlow
from chaos.links.link_toxics import link_blackhole, link_reset, link_sliced, link_throttled
from chaos.processes.container_disconnect import ContainerDisconnect
from chaos.processes.process_kill import ProcessKill
from chaos.processes.process_pause import ProcessPause
from chaos.processes.process_restart import ProcessRestart
from chaos.processes.worker_drain import WorkerDrain
from chaos.processes.worker_kill import WorkerKill
from chaos.processes.worker_kill_all import WorkerKillAll
from chaos.processes.worker_pause import WorkerPause
from chaos.server.namespace_rate_limit import NamespaceRateLimit
from chaos.server.persistence_faults import PersistenceFaults
from chaos.server.postgres_read_only import PostgresReadOnly
from chaos.services.ack_drop import AckDrop
from chaos.services.service_errors import service_errors
from chaos.services.service_refuses import service_refuses
from chaos.services.service_slow import service_slow
from harness.names import nearest_first

FAULTS: Mapping[str, Callable[..., Fault]] = {
    "ack-drop": AckDrop,
    "container-disconnect": ContainerDisconnect,
    "link-blackhole": link_blackhole,
    "link-cut": link_cut,
    "link-reset": link_reset,
    "link-sliced": link_sliced,
    "link-slow": LinkSlow,
    "link-throttled": link_throttled,
    "namespace-rate-limit": NamespaceRateLimit,
    "persistence-faults": PersistenceFaults,
    "postgres-read-only": PostgresReadOnly,
    "process-kill": ProcessKill,
    "process-pause": ProcessPause,
    "process-restart": ProcessRestart,
    "service-errors": service_errors,
    "service-refuses": service_refuses,
    "service-slow": service_slow,
    "worker-drain": WorkerDrain,
    "worker-kill": WorkerKill,
    "worker-kill-all": WorkerKillAll,
    "worker-pause": WorkerPause,
}


def make_fault(kind: str, parameters: Mapping[str, Any]) -> Fault:
    """The fault of this kind with these parameters.

    :raises ValueError: no fault has this name; the message names those there are.
    :raises TypeError: the parameters are not the fault's, or of another kind; the message names those it has.
    """
    if kind not in FAULTS:
        raise ValueError(f"no fault is called {kind!r}; there are {nearest_first(kind, FAULTS)}")
    if not isinstance(parameters, Mapping):
        raise TypeError(f"{kind}: its parameters must be a dict such as {{'for_seconds': 1.0}}, not {parameters!r}")
    signature = inspect.signature(FAULTS[kind])
    takes = signature.replace(parameters=[each for name, each in signature.parameters.items() if name[0] != "_"])
    try:
        takes.bind(**parameters)
    except TypeError as error:
        raise TypeError(f"{kind}: {error}; it takes {', '.join(takes.parameters)}") from None
    for name, value in parameters.items():
        _require_kind(f"{kind}: {name}", takes.parameters[name].annotation, value)
    fault = FAULTS[kind](**parameters)
    for name, value in parameters.items():  # The fault knows better words for what it refuses itself.
        if isinstance(value, int | float) and not 0 <= value < math.inf:
            raise ValueError(f"{kind}: {name} must not be below 0 or without end, such as 1, not {value!r}")
    return fault


def _require_kind(what: str, annotation: str, value: object) -> None:
    """Refuse what is no number where one must be, or no text."""
    if value is None and "None" in annotation:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if annotation.startswith("float") and not number:
        raise TypeError(f"{what} must be a number such as 1.0, not {value!r}")
    if annotation.startswith("int") and not (number and isinstance(value, int)):
        raise TypeError(f"{what} must be a whole number such as 1, not {value!r}")
    if annotation.startswith("str") and not isinstance(value, str):
        raise TypeError(f"{what} must be a text, not {value!r}")
