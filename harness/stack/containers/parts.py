"""What the stack takes from the compose files: services, their ports inside the network, and whose image stands where.

    compose.yaml, toxiproxy.yaml (, stand-ins.yaml) ──> **parts** ──> `harness.stack.containers.project`

The files are the project's own where it has a folder `compose`, else Assay's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.postgres import POSTGRES
from harness.stack.processes.ports import FixedPorts, free_ports
from harness.stack.programs.recipes import CHECKOUT

FOLDER = "compose"
FILES = ("compose.yaml", "toxiproxy.yaml")
STAND_INS = "stand-ins.yaml"
APP_IMAGE = "assay.local/app:0.1.0"

SERVER, UI, SCHEMA, TOXIPROXY, TOXIPROXY_POSTGRES = "server", "ui", "schema", "toxiproxy", "toxiproxy-postgres"
SERVICES = {
    POSTGRES: "temporal-postgresql",
    SCHEMA: "temporal-schema",
    SERVER: "temporal",
    UI: "temporal-ui",
    TOXIPROXY_POSTGRES: "toxiproxy",
}
"""Process → service, for what runs inside the network."""

POSTGRES_PORT, FRONTEND_PORT, METRICS_PORT, UI_PORT, TOXIPROXY_PORT = 5432, 7233, 8000, 8080, 8474


@dataclass(frozen=True)
class Ports:
    """The ports of this machine's loopback by which the parts inside the network are reached.

    ``toxiproxy`` is the HTTP interface of the Toxiproxy beside the application, ``database_link`` of the one inside.
    """

    frontend: int
    postgres: int
    ui: int
    metrics: int
    toxiproxy: int
    database_link: int

    def published(self) -> dict[str, list[tuple[int, int]]]:
        """Process → (port here, port inside)."""
        return {
            POSTGRES: [(self.postgres, POSTGRES_PORT)],
            SERVER: [(self.frontend, FRONTEND_PORT), (self.metrics, METRICS_PORT)],
            UI: [(self.ui, UI_PORT)],
            TOXIPROXY_POSTGRES: [(self.database_link, TOXIPROXY_PORT)],
        }


def draw_ports(fixed: FixedPorts | None) -> Ports:
    """Free ports, or the known ones of a stack that a person brings up; the frontend's own is always a free one."""
    frontend, postgres, ui, metrics, toxiproxy, inside = free_ports(6)
    if fixed is None:
        return Ports(frontend, postgres, ui, metrics, toxiproxy, inside)
    return Ports(frontend, fixed.postgres, fixed.ui, fixed.metrics, fixed.toxiproxy, inside)


def app_image() -> str:
    """The image in which the application and the world run."""
    return os.environ.get("ASSAY_APP_IMAGE", APP_IMAGE)


def compose_folder(root: Path) -> Path:
    """The folder with the compose files.

    :raises EnvironmentMissing: there is none.
    """
    for place in (root, CHECKOUT):
        if (place / FOLDER / FILES[0]).is_file():
            return place / FOLDER
    raise EnvironmentMissing(f"{root} has no {FOLDER}/{FILES[0]}, which the stack `compose` is made of")


def files_of(folder: Path, *, stand_ins: bool) -> Sequence[Path]:
    """The files that are laid over each other."""
    return [folder / name for name in (*FILES, *([STAND_INS] if stand_ins else []))]
