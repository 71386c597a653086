"""Who a container belongs to, and what is left of those who are gone: removed by label, whatever ended them.

testcontainers has a reaper for that, a container of its own whose image has to be pulled. Where it cannot be, this does
its work: everything carries the process that made it as a label, `harness.containers.watchdog` removes it as soon as
that process is gone, and the next session whatever the watchdog did not live to remove. A process is known by its
machine, its PID namespace, its id and when it was started; what other machines have made is not touched.
"""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors
import psutil
from testcontainers.core.docker_client import DockerClient

LABEL = "assay.owner"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PID_NAMESPACE = Path("/proc/self/ns/pid")


def owner_of(pid: int) -> str | None:
    """The words for a process, on the label of what it made; ``None`` when it is gone, reaped or not."""
    started = _started(pid)
    return None if started is None else f"{_where()}/{pid}/{started}"


def this_owner() -> str:
    """The words for this process."""
    owner = owner_of(os.getpid())
    assert owner is not None
    return owner


def labels() -> dict[str, str]:
    """What this process labels containers and networks with."""
    return {LABEL: this_owner()}


def is_abandoned(owner: str) -> bool:
    """Whether it was a process of this machine that is gone, as far as this user is shown processes."""
    where, _, process = owner.partition("/")
    pid = process.partition("/")[0]
    return where == _where() and pid.isdecimal() and owner != owner_of(int(pid)) and not _is_hidden(int(pid))


def remove_of(wanted: Callable[[str], bool]) -> list[str]:
    """Remove the containers, with their volumes, and the networks of owners that are wanted; returns their names.

    :raises docker.errors.APIError: the daemon could not; that somebody else is removing the same is no error.
    """
    client = DockerClient().client
    here = {"filters": {"label": LABEL}}
    with contextlib.closing(client):
        containers = _of(client.containers.list(all=True, ignore_removed=True, **here), wanted)
        for container in containers:
            with _unless_others_do():
                container.remove(force=True, v=True)
        networks = _of(client.networks.list(**here), wanted)
        for network in networks:
            with _unless_others_do():
                network.remove()
    return [str(thing.name) for thing in (*containers, *networks)]


@contextlib.contextmanager
def _unless_others_do() -> Iterator[None]:
    """Let it be gone, be on its way out, or, of a network, hold a container that is."""
    try:
        yield
    except docker.errors.APIError as error:
        if error.status_code not in (403, 404, 409):
            raise


def _of(things: Iterable[Any], wanted: Callable[[str], bool]) -> list[Any]:
    """Those of these owners; a network has no property for its labels."""
    return [thing for thing in things if wanted(str(_labels_of(thing).get(LABEL, "")))]


def _labels_of(thing: Any) -> dict[str, str]:
    return thing.attrs.get("Labels") or thing.attrs.get("Config", {}).get("Labels") or {}


def _started(pid: int) -> str | None:
    """When it was started: where the kernel says so by its own clock, which nobody sets; ``None`` when it is gone."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        stat = Path(f"/proc/{pid}/stat")
        # The name, in brackets, may hold anything; after it the start is the twentieth.
        return stat.read_text().rpartition(")")[2].split()[19] if stat.exists() else f"{process.create_time():.0f}"
    except (psutil.NoSuchProcess, OSError):
        return None


def _is_hidden(pid: int) -> bool:
    """Whether another user has a process of this id of which nothing is shown to us (`hidepid` of /proc)."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return _started(pid) is None
    except (OSError, OverflowError):
        pass
    return False


def _where() -> str:
    """This machine since it was started, and the PID namespace: elsewhere the same id is another process."""
    machine = BOOT_ID.read_text().strip() if BOOT_ID.exists() else platform.node()
    return f"{machine}:{os.readlink(PID_NAMESPACE) if PID_NAMESPACE.exists() else ''}"
