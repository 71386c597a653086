"""Docker for the tests: the compose files of this repository in a project of their own, on free ports."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from harness.errors import EnvironmentMissing
from harness.stack.docker import daemon_version, docker, docker_command
from harness.stack.images.diagnosis import NEEDED
from harness.stack.images.local import labels_of
from harness.stack.images.plug_in import compose_version
from harness.stack.images.table import IMAGES
from harness.stack.processes.ports import free_ports
from harness.stack.programs.recipes import CHECKOUT

COMPOSE = CHECKOUT / "compose"
OVERLAYS = ("toxiproxy.yaml", "roles.yaml", "app.yaml", "stand-ins.yaml")
COMBINATIONS = [chosen for count in range(5) for chosen in itertools.combinations(OVERLAYS, count)]
PORTS = (
    "TEMPORAL_PORT",
    "POSTGRES_PORT",
    "TEMPORAL_UI_PORT",
    "TOXIPROXY_API_PORT",
    "TOXIPROXY_FRONTEND_PORT",
    "API_PORT",
)
UP_TIMEOUT_SECONDS = 300
# What is created under a project's name carries it in this label.
PROJECT = "com.docker.compose.project"
# The process that a project belongs to follows; when it is gone, nobody else will remove it.
OURS = "assay-test-"
KINDS = {"container": ["ls", "--all"], "network": ["ls"], "volume": ["ls"]}


@dataclass(frozen=True)
class Project:
    """One project of compose: files, name, and the environment that all its commands need."""

    overlays: Sequence[str]
    name: str
    environment: dict[str, str]

    def run(self, *arguments: str, timeout_seconds: float = 120) -> str:
        """``docker compose ARGUMENT...``; its standard output. What went wrong is in the failure."""
        files = [word for file in ("compose.yaml", *self.overlays) for word in ("-f", str(COMPOSE / file))]
        return self.call("docker", "compose", *files, *arguments, timeout_seconds=timeout_seconds)

    def call(self, *words: str, timeout_seconds: float = 120) -> str:
        """A command in the repository with the project's environment."""
        answer = subprocess.run(
            words,
            cwd=CHECKOUT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
        )
        assert answer.returncode == 0, f"{' '.join(words)} ended with {answer.returncode}:\n{answer.stderr[-4000:]}"
        return answer.stdout

    def config(self) -> dict[str, Any]:
        """What the files come to, as compose understands them."""
        return dict(json.loads(self.run("config", "--format", "json")))

    def left(self) -> dict[str, list[str]]:
        """The containers, networks and volumes of this project that there are."""
        return {kind: things(kind, self.name) for kind in KINDS}


def things(kind: str, name: str) -> list[str]:
    """The containers, networks or volumes of the project called so."""
    return docker(kind, *KINDS[kind], "--quiet", "--filter", f"label={PROJECT}={name}").split()


def sweep() -> None:
    """Remove what tests left whose process was killed."""
    listing = docker("volume", "ls", "--filter", f"label={PROJECT}", "--format", f'{{{{.Label "{PROJECT}"}}}}')
    listing += docker("network", "ls", "--filter", f"label={PROJECT}", "--format", f'{{{{.Label "{PROJECT}"}}}}')
    for name, owner in set(re.findall(rf"^({OURS}(\d+)-\S+)$", listing, re.MULTILINE)):
        if not psutil.pid_exists(int(owner)):
            for kind in KINDS:
                force = ["--force"] if kind != "network" else []
                for thing in things(kind, name):
                    docker(kind, "rm", *force, thing)


def project(*overlays: str) -> Project:
    """A project of these files under a name and on ports that nobody has."""
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    name = f"{OURS}{os.getpid()}-{secrets.token_hex(4)}"
    variables = {"COMPOSE_PROJECT_NAME": name, "TRAF3LI_WEBHOOK_SECRET": secrets.token_hex(32)}
    return Project(overlays, name, {**ports, **variables})


@contextlib.contextmanager
def up(made: Project) -> Iterator[Project]:
    """The project up and healthy; removed with its volumes at the end, whatever happened."""
    try:
        made.run("up", "--wait", "--wait-timeout", str(UP_TIMEOUT_SECONDS), timeout_seconds=UP_TIMEOUT_SECONDS + 60)
        yield made
    finally:
        made.run("down", "--volumes", "--remove-orphans", "--timeout", "5", timeout_seconds=180)


def need_plug_in() -> None:
    """Skip where Docker's command line or its plug-in is missing."""
    try:
        docker_command()
        compose_version()
    except EnvironmentMissing as error:
        pytest.skip(str(error))


def need_images() -> tuple[str, ...]:
    """The overlays to use with what is here: stand-ins unless every official image is; skip where neither is."""
    need_plug_in()
    try:
        daemon_version()
        sweep()
    except EnvironmentMissing as error:
        pytest.skip(str(error))
    needed = [IMAGES[name] for name in NEEDED]
    if all(labels_of(image.reference) is not None for image in needed):
        return ()
    missing = [image.stand_in for image in needed if labels_of(image.stand_in) is None]
    if missing:
        pytest.skip(f"there is no image {', '.join(missing)}; `make images` builds them")
    return ("stand-ins.yaml",)
