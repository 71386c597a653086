"""Renders the server's own configuration: one file for each process, from `temporal-config/server.yaml`.

Where it fits: `harness.stack.full` draws the ports, `harness.stack.temporal_roles` starts a process with its file.
Only the words in ``${...}`` are filled in; everything else stands in the template, where a reader of it looks. Dynamic
configuration is copied, so that a running stack's can be changed without touching anybody else's.
"""

from __future__ import annotations

import json
import shutil
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing, UsageError

CONFIG_FOLDER = "temporal-config"
TEMPLATE = "server.yaml"
DYNAMIC_CONFIG = "development-sql.yaml"
ROLES = ("frontend", "history", "matching", "worker")


@dataclass(frozen=True)
class RolePorts:
    """The loopback ports of one process. ``http`` serves the API as HTTP, and only frontends use it."""

    grpc: int
    membership: int
    metrics: int
    http: int


def config_folder(root: Path) -> Path:
    """The folder with the templates: the project's own `temporal-config`, where it has one, else Assay's.

    Assay's lies beside this module in a wheel, and at the root of its repository.

    :raises EnvironmentMissing: there is neither.
    """
    here = Path(__file__)
    for place in (root, here.parent, here.parents[2]):
        folder = place / CONFIG_FOLDER
        if (folder / TEMPLATE).is_file() and (folder / DYNAMIC_CONFIG).is_file():
            return folder
    raise EnvironmentMissing(f"{root} has no {CONFIG_FOLDER}/{TEMPLATE} and {DYNAMIC_CONFIG}, which the server needs")


def render_server_config(
    template: str,
    ports: Mapping[str, RolePorts],
    role: str,
    *,
    postgres_address: str,
    dynamic_config: Path,
    fault_injection: Mapping[str, object] | None = None,
) -> str:
    """The configuration of one process.

    :param ports: for each role those of one process; for ``role`` those of the process that gets this file.
    :param postgres_address: ``host:port`` by which this process reaches its database, usually a link's.
    :param fault_injection: the errors that this process makes of its own calls of the database; ``None`` for none.
    :raises UsageError: the template has a word that nobody fills in, or not valid ``$`` syntax.
    """
    words: dict[str, object] = {
        "postgres_address": postgres_address,
        "dynamic_config": dynamic_config,
        "metrics_address": f"127.0.0.1:{ports[role].metrics}",
        "frontend_http_port": ports["frontend"].http,
        # JSON is YAML too.
        "fault_injection": json.dumps(fault_injection),
    }
    for name in ROLES:
        words[f"{name}_grpc_port"] = ports[name].grpc
        words[f"{name}_membership_port"] = ports[name].membership
    try:
        return string.Template(template).substitute(words)
    except KeyError as error:
        known = ", ".join(sorted(words))
        raise UsageError(f"{CONFIG_FOLDER}/{TEMPLATE} has ${{{error.args[0]}}}; known: {known}") from error
    except ValueError as error:
        raise UsageError(f"{CONFIG_FOLDER}/{TEMPLATE}: {error}; write $$ for a dollar sign") from error


def copy_dynamic_config(source: Path, folder: Path) -> Path:
    """Lay the dynamic configuration out for one stack, and return its copy.

    An older copy is replaced: what a fault left in it must not reach the next stack over the same folder.
    """
    copy = folder / DYNAMIC_CONFIG
    shutil.copyfile(source / DYNAMIC_CONFIG, copy)
    return copy
