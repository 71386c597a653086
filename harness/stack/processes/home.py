"""Where a process lives: what is to be started, and the home that says how it is started and reached.

Processes ──Launch──> **Home** ──> this machine as it is
                           └─────> a container (`harness.stack.containers.homes`)
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from harness.stack.processes.signals import Signals, TreeSignals


@dataclass(frozen=True)
class Ending:
    """By which signals a program ends: ``stop`` asks it to finish, ``kill`` ends it without finishing anything.

    A program whose SIGKILL would leave children or shared memory behind names a gentler ``kill`` of its own.
    """

    stop: signal.Signals = signal.SIGTERM
    kill: signal.Signals = signal.SIGKILL


USUAL = Ending()


@dataclass(frozen=True)
class Launch:
    """What is to be started: ``command`` with ``environment`` and nothing else of ours, in ``folder``."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    ending: Ending = USUAL


class Home(Protocol):
    """Where processes live."""

    async def prepare(self, launch: Launch) -> Launch:
        """What to start on this machine for it, which runs for as long as it does and ends with its exit code."""

    async def signals(self, launch: Launch, process: asyncio.subprocess.Process) -> Signals:
        """How to reach what was just started.

        :param launch: the one that was asked for.
        """


class ThisMachine:
    """Processes as they are, with our own environment below theirs."""

    async def prepare(self, launch: Launch) -> Launch:
        """The same with what we inherit."""
        return replace(launch, environment={**inherited(), **launch.environment})

    async def signals(self, launch: Launch, process: asyncio.subprocess.Process) -> Signals:
        """The process and its descendants."""
        return TreeSignals(process.pid)


def inherited() -> dict[str, str]:
    """Our environment without the user's own settings for Temporal and PostgreSQL (``PGHOST``, ``PGSERVICE``, ...).

    A run must never reach their cluster or their database by accident.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "PG"))}
