"""Docker, asked by its own command line: bounded, checked, with its own words in the error.

The command line and not a library, because it is needed anyway (compose is a part of it, and an attached container is
a process of it), and because it alone knows the user's contexts. One call takes some 20 ms.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing

RUN_LABEL = "assay.run"
"""Whose a container, a network or a volume is: the run's id, by which the sweep finds it."""
FOLDER_LABEL = "assay.folder"
"""Whose volumes outlive `assay down`: the project's whose stack they belong to."""

TIMEOUT_SECONDS = 30.0
ROOTLESS = "name=rootless"


class DockerError(EnvironmentMissing):
    """Docker refused or did not answer in time."""


def docker(
    *arguments: str, environment: Mapping[str, str] | None = None, timeout_seconds: float = TIMEOUT_SECONDS
) -> str:
    """What ``docker ARGUMENTS`` prints.

    :param environment: variables on top of ours, for ``--env NAME`` and compose.
    :raises EnvironmentMissing: there is no docker, or it ended with another code than 0, or not in time.
    """
    try:
        answer = subprocess.run(
            ["docker", *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
            timeout=timeout_seconds,
        )
    except FileNotFoundError as error:
        raise _not_installed() from error
    except subprocess.TimeoutExpired as error:
        raise DockerError(f"docker {_told(arguments)} took longer than {timeout_seconds:g} s") from error
    if answer.returncode != 0:
        raise DockerError(f"docker {_told(arguments)} exited with {answer.returncode}: {answer.stderr.strip()}")
    return answer.stdout


def require_engine() -> None:
    """See that containers can be had: an engine on this machine that answers, and the compose plug-in.

    :raises EnvironmentMissing: names what is missing and the command that brings it.
    """
    if shutil.which("docker") is None:
        raise _not_installed()
    try:
        info = json.loads(docker("info", "--format", "{{json .}}"))
    except DockerError as error:
        raise EnvironmentMissing(
            f"Docker's engine does not answer; start it (`systemctl start docker`), or see `docker info`: {error}"
        ) from error
    if errors := info.get("ServerErrors"):
        raise EnvironmentMissing(
            f"Docker's engine does not answer; start it (`systemctl start docker`), or see `docker info`: {errors[0]}"
        )
    elsewhere = _elsewhere(info)
    if elsewhere:
        raise EnvironmentMissing(
            f"{elsewhere}, and the application's containers need this machine's loopback and clock; "
            "use an engine that runs as root on this machine (`docker context ls` names those there are)"
        )
    try:
        docker("compose", "version")
    except DockerError as error:
        raise EnvironmentMissing(
            f"Docker has no compose plug-in; `assay doctor --stack compose --fix` builds it: {error}"
        ) from error


def images_here(names: Sequence[str]) -> dict[str, str]:
    """Those of the images that this machine has: name → the first figures of its id, which say more than a tag."""
    lines = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").splitlines()
    here = dict(line.split(maxsplit=1) for line in lines)
    return {name: here[name] for name in names if name in here}


def _elsewhere(info: Mapping[str, object]) -> str:
    """Why the engine's processes are not this machine's, in words; nothing when they are."""
    options = info.get("SecurityOptions")
    if isinstance(options, list) and any(ROOTLESS in str(option) for option in options):
        return "Docker's engine is rootless"
    if "Docker Desktop" in str(info.get("OperatingSystem", "")):
        return "Docker Desktop runs containers in a machine of its own"
    if info.get("KernelVersion") != os.uname().release or info.get("Name") != os.uname().nodename:
        return f"Docker's engine runs on another machine ({info.get('Name')})"
    return ""


def _not_installed() -> EnvironmentMissing:
    return EnvironmentMissing(
        "docker is not installed; install an engine with its command line (`apt-get install docker.io`), "
        "or use the stack `full`, which needs no containers"
    )


def _told(arguments: Sequence[str]) -> str:
    """The command in an error, without what would make it a page."""
    words = [Path(word).name if word.startswith("/") else word for word in arguments]
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")
