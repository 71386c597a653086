"""Whether containers can be had here, by what a run's are labelled, and which images there are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from harness.errors import EnvironmentMissing
from harness.stack.docker import DockerError, docker, docker_command, read
from harness.stack.images.plug_in import compose_version

RUN_LABEL = "assay.run"
"""Whose a container, a network or a volume is: the run's id, by which the sweep finds it."""
FOLDER_LABEL = "assay.folder"
"""Whose volumes outlive `assay down`: the project's whose stack they belong to."""

ROOTLESS, MAPPED = "name=rootless", "name=userns"


def require_engine() -> None:
    """See that containers can be had: an engine on this machine that answers, and the compose plug-in.

    :raises EnvironmentMissing: names what is missing and the command that brings it.
    """
    docker_command()
    try:
        info = read(docker("info", "--format", "{{json .}}"), asked="info")
    except DockerError as error:
        raise EnvironmentMissing(
            f"Docker's engine does not answer; start it (`systemctl start docker`), or see `docker info`: {error}"
        ) from error
    if not isinstance(info, dict):
        raise EnvironmentMissing(f"docker info printed {info!r}; is that Docker's own command line?")
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
    compose_version()


def images_here(names: Sequence[str]) -> dict[str, str]:
    """Those of the images that this machine has: name → the first figures of its id, which say more than a tag."""
    lines = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").splitlines()
    here = dict(words for line in lines if len(words := line.split(maxsplit=1)) == 2)
    return {name: here[name] for name in names if name in here}


def _elsewhere(info: Mapping[str, object]) -> str:
    """Why the engine's processes are not this machine's, in words; nothing when they are."""
    options = info.get("SecurityOptions")
    if isinstance(options, list) and any(ROOTLESS in str(option) for option in options):
        return "Docker's engine is rootless"
    if isinstance(options, list) and any(MAPPED in str(option) for option in options):
        return "Docker's engine maps users (userns-remap)"
    if "Docker Desktop" in str(info.get("OperatingSystem", "")):
        return "Docker Desktop runs containers in a machine of its own"
    if info.get("KernelVersion") != os.uname().release or info.get("Name") != os.uname().nodename:
        return f"Docker's engine runs on another machine ({info.get('Name')})"
    return ""
