"""The versions of the programs that a stack's processes run: asked of the programs themselves, for a run's record.

Data flow: a run is prepared → **versions** → ``run.json`` → report. Not covered: a cluster that somebody else
runs, whose programs are not on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.containers.images import image_versions
from harness.stack.programs.binaries import search_for, version_of
from harness.stack.programs.recipes import program_called

# Those whose behaviour a verdict rests on; the rest are tools.
CONTAINERS = "compose"
SERVERS = {"dev": ("temporal",), "full": ("temporal-server", "postgres", "toxiproxy-server")}


def server_versions(stack: str, root: Path) -> Mapping[str, str]:
    """Program → the version it prints, for those of the stack that are here; what is missing is said at bring up.

    In containers: image → its id, of those that the project in ``root`` runs.
    """
    if stack == CONTAINERS:
        return image_versions(root)
    found = {}
    for name in SERVERS.get(stack, ()):
        try:
            path = search_for(program_called(name)).path
        except EnvironmentMissing:
            continue
        version = version_of(path) if path is not None else None
        if version is not None:
            found[name] = version
    return found
