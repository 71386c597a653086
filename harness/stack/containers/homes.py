"""Homes for processes: a container that is there, and one that is made for the occasion.

    Processes.at(**Existing**)   a container that compose has created, by the process's name
    Processes.at(**Made**)       one made of an image, with the machine's network and the same folders

On this machine each is a foreground ``docker start --attach``: its log is the container's, and so is its exit code, so
that whoever watches processes watches containers.

A made container shares the machine's network and its process ids. So every address stays 127.0.0.1:PORT, a worker's
own process id is the one that the harness knows, and neither application nor world can tell where it runs. It is a
container all the same: its programs and libraries are the image's, and it is killed, paused and removed as one.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.poll import eventually
from harness.stack.containers.engine import RUN_LABEL
from harness.stack.containers.signals import ContainerSignals, state_of
from harness.stack.docker import DockerError, docker, docker_command
from harness.stack.processes.home import Launch, inherited
from harness.stack.processes.signals import Signals, TreeSignals

PYTHON, PATH = "python3", "PYTHONPATH"
ENTRYPOINT = ""
"""As the first word of a command: whatever the image itself starts with."""
STARTS_WITHIN_SECONDS = 30.0
# A run's id has the name of its claim in it, which may be in any script.
NOT_IN_NAMES = re.compile("[^a-zA-Z0-9_.-]")


@dataclass(frozen=True)
class Existing:
    """Containers that are there, by the names of the processes that they stand for."""

    containers: Mapping[str, str]

    async def prepare(self, launch: Launch) -> Launch:
        """Start the container of that name; what it runs and with what environment was settled when it was made."""
        return _attached(launch, self.containers[launch.name])

    async def signals(self, launch: Launch, process: asyncio.subprocess.Process) -> Signals:
        """The container, once it runs."""
        return await reached(self.containers[launch.name], process)


@dataclass(frozen=True)
class Made:
    """Containers of one image, made for each start and left for the sweep.

    :param readable: folders of this machine that are at the same place in the container; ``writable`` can be changed.
    :param modules: folders in which Python looks behind those that a process names. Nothing else of ours is inherited.
    """

    image: str
    run_id: str
    readable: Sequence[Path] = ()
    writable: Sequence[Path] = ()
    modules: Sequence[Path] = ()
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _names: dict[str, str] = field(default_factory=dict)

    async def prepare(self, launch: Launch) -> Launch:
        """Make a container for it, and start that.

        :raises EnvironmentMissing: the engine refused.
        """
        places = [*filter(None, launch.environment.get(PATH, "").split(os.pathsep)), *map(str, self.modules)]
        if places:
            launch = replace(launch, environment={**launch.environment, PATH: os.pathsep.join(dict.fromkeys(places))})
        name = NOT_IN_NAMES.sub("-", f"{self.run_id}-{launch.name}-{next(self._numbers)}")
        self._names[launch.name] = name
        arguments = self.arguments(name, launch)
        # Values travel in the environment: an argument can be read by everyone on this machine.
        await asyncio.to_thread(docker, *arguments, environment=launch.environment)
        return _attached(launch, name)

    async def signals(self, launch: Launch, process: asyncio.subprocess.Process) -> Signals:
        """The container, once it runs."""
        return await reached(self._names[launch.name], process)

    def arguments(self, name: str, launch: Launch) -> list[str]:
        """What ``docker`` is called with."""
        program, *rest = [PYTHON if word == sys.executable else word for word in launch.command]
        words = ["create", "--name", name, "--label", f"{RUN_LABEL}={self.run_id}", "--pull", "never"]
        words += ["--network", "host", "--pid", "host", "--user", f"{os.getuid()}:{os.getgid()}"]
        words += ["--workdir", str(launch.folder), "--env", "PYTHONDONTWRITEBYTECODE=1"]
        words += [word for variable in launch.environment for word in ("--env", variable)]
        for folder, access in _distinct(self.readable, self.writable).items():
            words += ["--volume", f"{folder}:{folder}:{access}"]
        return [*words, *(["--entrypoint", program] if program != ENTRYPOINT else []), self.image, *rest]


def _distinct(readable: Sequence[Path], writable: Sequence[Path]) -> dict[Path, str]:
    """Each folder once, the outer before the inner."""
    every = dict.fromkeys(_spelled(readable), "ro") | dict.fromkeys(_spelled(writable), "rw")
    return dict(sorted(every.items(), key=lambda item: len(item[0].parts)))


def _spelled(paths: Sequence[Path]) -> Iterator[Path]:
    """Each path as it is written, for a process is given it so, and as it is where a link in it leads."""
    for path in paths:
        yield from (path.absolute(), path.resolve())


def _attached(launch: Launch, container: str) -> Launch:
    command = [str(docker_command()), "start", "--attach", container]
    # The sweep knows this process by the run id; nothing else of the launch is its business.
    ours = {name: value for name, value in launch.environment.items() if name.startswith("ASSAY_")}
    return replace(launch, command=command, environment={**inherited(), **ours}, folder=Path.cwd())


async def reached(container: str, process: asyncio.subprocess.Process) -> Signals:
    """The signals of a container that was just started, once it has a process, or has ended already.

    :raises WaitTimeout: neither, in time.
    """

    async def running() -> Signals | None:
        state = await asyncio.to_thread(state_of, container)
        if state.get("Pid"):
            return ContainerSignals(container, int(state["Pid"]))
        return TreeSignals(process.pid) if process.returncode is not None else None

    return await eventually(
        running,
        what=f"the container {container} to run",
        timeout_seconds=STARTS_WITHIN_SECONDS,
        interval_seconds=0.05,
        ignore=(DockerError,),
    )
