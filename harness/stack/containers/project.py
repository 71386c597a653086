"""One project of compose for one stack: the files laid over each other, changed where a run needs it, and created.

What is changed is little: the ports on loopback, labels by which everything is found again, PostgreSQL's settings for a
machine that may be killed but not unplugged, a dynamic configuration of its own for the server, and no health checks,
because whoever starts a part waits for it. Everything else is what the files say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.stack.containers.engine import FOLDER_LABEL, RUN_LABEL
from harness.stack.containers.homes import Existing
from harness.stack.containers.parts import FILES, SERVER, SERVICES, TOXIPROXY_POSTGRES, UI, Ports
from harness.stack.docker import docker, read
from harness.stack.postgres import POSTGRES, SETTINGS
from harness.stack.processes.process import RUN_ID_VARIABLE
from harness.stack.server_config import DYNAMIC_CONFIG

MERGED = "compose.json"
"""The file in the stack's folder that compose was given."""
CREATE_SECONDS = 120.0
NETWORK = "default"
DYNAMIC_FOLDER = "/etc/temporal/assay"
ONLY_WITHOUT_CONTAINERS = ("unix_socket_directories",)


@dataclass(frozen=True)
class Project:
    """A project that is created: its containers by process, and the network that they share."""

    name: str
    containers: Mapping[str, str]
    network: str

    @property
    def home(self) -> Existing:
        """Where its processes live."""
        return Existing(self.containers)


@dataclass(frozen=True)
class Wanted:
    """What a run wants of the files.

    :param folder: for the merged file; ``dynamic_config`` is the folder with the server's copy of it.
    :param kept: whose volumes outlive the run, ``None`` for a run that leaves nothing.
    """

    run_id: str
    folder: Path
    dynamic_config: Path
    ports: Ports
    kept: str | None = None

    @property
    def project(self) -> str:
        """The project's name, for compose: the same for a stack that goes on with its data."""
        return f"assay-{hashlib.sha256((self.kept or self.run_id).encode()).hexdigest()[:12]}"


def create_project(files: Sequence[Path], wanted: Wanted) -> Project:
    """Create network, volumes and containers; nothing is started, and nothing is pulled.

    :raises UsageError: the files do not lead the server through its link.
    :raises EnvironmentMissing: compose refused.
    """
    words = [word for file in files for word in ("--file", str(file))]
    config = docker("compose", "--project-name", wanted.project, *words, "config", "--format", "json")
    merged = read(config, asked="compose config")
    file = wanted.folder / MERGED
    file.write_text(json.dumps(changed(merged, wanted), indent=2) + "\n", encoding="utf-8")
    create = ["create", "--no-build", "--pull", "never", "--force-recreate"]
    docker(
        *("compose", "--project-name", wanted.project, "--file", str(file), *create),
        # So that the sweep ends it, too: it would go on to create.
        environment={RUN_ID_VARIABLE: wanted.run_id},
        timeout_seconds=CREATE_SECONDS,
    )
    containers = {process: _container(wanted, service) for process, service in SERVICES.items()}
    return Project(wanted.project, containers, f"{wanted.project}_{NETWORK}")


def changed(merged: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The merged files as the run wants them.

    :raises UsageError: the server has a way to its database that is no link.
    """
    process_of = {service: process for process, service in SERVICES.items()}
    services = {
        service: _service(dict(described), process_of[service], wanted)
        | {"container_name": _container(wanted, service)}
        for service, described in merged["services"].items()
        if service in process_of
    }
    ours = {RUN_LABEL: wanted.run_id}
    kept = {FOLDER_LABEL: _verbatim(wanted.kept)} if wanted.kept else ours
    # A volume without a source is one of the container's own, and goes with it.
    used = {mount.get("source") for each in services.values() for mount in each["volumes"] if mount["type"] == "volume"}
    volumes = {name: {"labels": kept} for name in merged.get("volumes", {}) if name in used}
    return {"name": wanted.project, "services": services, "networks": {NETWORK: {"labels": ours}}, "volumes": volumes}


def _service(described: dict[str, Any], process: str, wanted: Wanted) -> dict[str, Any]:
    for dropped in ("depends_on", "profiles", "restart", "healthcheck", "networks"):
        described.pop(dropped, None)
    ports = wanted.ports.published().get(process, [])
    described |= {
        "ports": [f"127.0.0.1:{here}:{inside}" for here, inside in ports],
        "labels": {**_named(described.get("labels")), RUN_LABEL: wanted.run_id},
        "healthcheck": {"disable": True},
        "volumes": list(described.get("volumes", [])),
    }
    if process == TOXIPROXY_POSTGRES:
        # Its proxies are made, and read back, by whoever starts it.
        described["command"] = ["-host=0.0.0.0"]
    environment = _named(described.get("environment"))
    if process == UI:
        origin = f"http://127.0.0.1:{wanted.ports.ui}"
        described["environment"] = environment | {"TEMPORAL_CORS_ORIGINS": origin}
    if process == POSTGRES:
        settings = {name: value for name, value in SETTINGS.items() if name not in ONLY_WITHOUT_CONTAINERS}
        described["command"] = ["postgres", *(w for name, value in settings.items() for w in ("-c", f"{name}={value}"))]
    elif process == SERVER:
        # Otherwise the link to the database could be cut, and nobody would miss it.
        if environment.get("POSTGRES_SEEDS") != SERVICES[TOXIPROXY_POSTGRES]:
            told = f"the service {SERVICES[SERVER]!r} of the compose files reaches its database past Toxiproxy"
            raise UsageError(f"{told}; give it `POSTGRES_SEEDS: {SERVICES[TOXIPROXY_POSTGRES]}` in {FILES[1]}")
        described["environment"] = environment | {
            "DYNAMIC_CONFIG_FILE_PATH": f"{DYNAMIC_FOLDER}/{DYNAMIC_CONFIG}",
        }
        source = _verbatim(str(wanted.dynamic_config))
        described["volumes"].append({"type": "bind", "source": source, "target": DYNAMIC_FOLDER, "read_only": True})
    return described


def _container(wanted: Wanted, service: str) -> str:
    """Its name, which we state: a file may state another, and compose's own depends on the environment."""
    return f"{wanted.project}-{service}-1"


def _verbatim(text: str) -> str:
    """The text as compose has to be given it, which takes a dollar sign for the beginning of a variable."""
    return text.replace("$", "$$")


def _named(entries: Any) -> dict[str, Any]:
    """What compose has as a table or as a list of NAME=VALUE."""
    if isinstance(entries, list):
        return dict(entry.partition("=")[::2] for entry in entries)
    return dict(entries or {})
