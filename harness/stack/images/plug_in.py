"""Docker's plug-in for compose files: which version answers, and our own build of it where there is none.

Docker looks for plug-ins in the folder ``cli-plugins`` of its configuration, which is ``$DOCKER_CONFIG``, by default
``~/.docker``.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.progress import Progress
from harness.stack.docker import docker, docker_command
from harness.stack.programs.build import provide
from harness.stack.programs.recipes import program_called

NAME = "docker-compose"
OLDEST = (2, 24, 4)
"""The first that knows ``!reset``, by which the overlays start what waits in a profile."""
MEND = "assay doctor --stack compose --fix"


def compose_version() -> str:
    """The version of the plug-in that Docker finds.

    :raises EnvironmentMissing: there is no Docker, no plug-in, or one too old for the compose files here.
    """
    docker_command()
    try:
        version = docker("compose", "version", "--short").strip().removeprefix("v")
    except EnvironmentMissing as error:
        raise EnvironmentMissing(f"Docker has no plug-in `compose`; `{MEND}` builds it") from error
    if not new_enough(version):
        wanted = ".".join(map(str, OLDEST))
        raise EnvironmentMissing(
            f"Docker's plug-in `compose` is {version}, older than {wanted}; `{MEND}` builds another"
        )
    return version


def new_enough(version: str) -> bool:
    """Whether a plug-in of this version reads the compose files here."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3]) >= OLDEST


async def provide_plug_in(progress: Progress) -> str:
    """Build the plug-in if Docker has none, put it where Docker finds it, and return its version.

    :raises EnvironmentMissing: there is no Docker, it cannot be built, or Docker does not take it.
    """
    docker_command()
    try:
        return compose_version()
    except EnvironmentMissing:
        built = (await provide([NAME], progress))[NAME]
    place_plug_in(built, plug_in_folder())
    version = compose_version()
    progress.phase("plug-in", f"{plug_in_folder() / NAME} is {version}, {program_called(NAME).version} wanted")
    return version


def plug_in_folder() -> Path:
    """Where Docker looks for the plug-ins of this user."""
    chosen = os.environ.get("DOCKER_CONFIG")
    return (Path(chosen) if chosen else Path.home() / ".docker") / "cli-plugins"


def place_plug_in(built: Path, folder: Path) -> None:
    """Copy the program into the folder: at once, so that nobody starts half of it, and independent of the cache."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        copy = Path(scratch) / NAME
        shutil.copy2(built, copy)
        os.replace(copy, folder / NAME)
