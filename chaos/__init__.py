"""What we break: one fault per file, the plan they are drawn into, and the nemesis that carries a plan out.

``FAULTS`` is the table from a fault's name in a plan to what makes the fault from its parameters. Adding a fault is a
file and a line here; the nemesis never asks which fault it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chaos.ack_drop import AckDrop
from chaos.fault import Fault
from chaos.link_cut import link_cut
from chaos.link_slow import LinkSlow
from chaos.link_toxics import link_blackhole, link_reset, link_sliced, link_throttled
from chaos.namespace_rate_limit import NamespaceRateLimit
from chaos.persistence_faults import PersistenceFaults
from chaos.postgres_read_only import PostgresReadOnly
from chaos.process_kill import ProcessKill
from chaos.process_pause import ProcessPause
from chaos.process_restart import ProcessRestart
from chaos.service_errors import ServiceErrors
from chaos.service_refuses import ServiceRefuses
from chaos.service_slow import ServiceSlow
from chaos.worker_drain import WorkerDrain
from chaos.worker_kill import WorkerKill
from chaos.worker_kill_all import WorkerKillAll
from chaos.worker_pause import WorkerPause

FAULTS: Mapping[str, Callable[..., Fault]] = {
    "ack-drop": AckDrop,
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
    "service-errors": ServiceErrors,
    "service-refuses": ServiceRefuses,
    "service-slow": ServiceSlow,
    "worker-drain": WorkerDrain,
    "worker-kill": WorkerKill,
    "worker-kill-all": WorkerKillAll,
    "worker-pause": WorkerPause,
}


def make_fault(kind: str, parameters: Mapping[str, Any]) -> Fault:
    """The fault of this kind with these parameters.

    :raises KeyError: no fault has this name.
    :raises TypeError: the parameters are not the fault's.
    """
    return FAULTS[kind](**parameters)
