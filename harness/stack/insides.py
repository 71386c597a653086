"""What lies behind the links of a stack that is ours: its database, its server's settings, its meters.

Where it fits: a stack that has such things offers them as ``site.insides``, past every link, for faults that break
the stack from within and for whoever measures it. A stack that is one program (`dev`) or somebody else's offers none.
The application never gets any of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UsageError


@dataclass(frozen=True)
class Insides:
    """The inner parts of one stack.

    :param database: ``postgresql://...``, the whole database server as its superuser.
    :param dynamic_config: the file that the server's processes read again every few seconds.
    :param metrics: server process ("history", "frontend-2") → the URL of its metrics.
    :param configs: server process → the file that it was started with; written anew at each start.
    :param fault_injection: server process → the errors that it makes of its own calls of the database from its next
        start on, as the server's configuration has them (``faultInjection``). Whoever sets it restarts the process.
    :param dynamic_config_lock: held by a fault from injecting to healing, so that two never write the same file.
    """

    database: str
    dynamic_config: Path
    metrics: Mapping[str, str] = field(default_factory=dict)
    configs: Mapping[str, Path] = field(default_factory=dict)
    fault_injection: MutableMapping[str, Mapping[str, object]] = field(default_factory=dict, compare=False)
    dynamic_config_lock: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False, repr=False)


def insides_for(fault: str, insides: Insides | None) -> Insides:
    """The insides of a stack, for the fault that needs them.

    :raises UsageError: the stack has none.
    """
    if insides is None:
        raise UsageError(f"{fault} breaks a stack from within, and this one lets nobody in; the stack `full` does")
    return insides
