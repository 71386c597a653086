"""How signals reach what was started, and what can be seen of it: the seam between processes and containers.

Processes, Singles, Fleet ──> ManagedProcess ──> **Signals** ──> a tree of processes on this machine
                                                         └─────> a container (`harness.stack.containers.signals`)
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Protocol

import psutil

TO_ALL = (signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL)
"""What no program is asked about: it has to reach the descendants that have left the group, too."""


class Signals(Protocol):
    """What a started process is reached by. Every call is bounded in time."""

    @property
    def pid(self) -> int:
        """The id by which this machine knows the process."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended already is fine."""

    def stands_still(self) -> bool:
        """Whether it is there and does not run; one that has ended does not stand still."""

    def gone(self) -> bool:
        """Whether nothing is left of what SIGKILL was sent to."""


class TreeSignals:
    """A process of this machine that leads a group of its own, and its descendants wherever they are."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._killed: list[psutil.Process] = []

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._pid

    def send(self, number: signal.Signals) -> None:
        """Signal the group; what nobody is asked about also its descendants outside of it, as PostgreSQL's all are."""
        family = descendants_of(self._pid) if number in TO_ALL else []
        if number is signal.SIGKILL:
            self._killed = family
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, number)
        for member in family:
            with contextlib.suppress(psutil.Error):
                member.send_signal(number)

    def stands_still(self) -> bool:
        """Whether the process itself is stopped."""
        with contextlib.suppress(psutil.Error):
            return bool(psutil.Process(self._pid).status() == psutil.STATUS_STOPPED)
        return False

    def gone(self) -> bool:
        """Whether no descendant lives that was killed with it."""
        return not any(map(is_alive, self._killed))


def descendants_of(pid: int) -> list[psutil.Process]:
    """All living descendants of a process; none when it is gone."""
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def is_alive(process: psutil.Process) -> bool:
    """Whether it is there and no zombie."""
    with contextlib.suppress(psutil.Error):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
