"""What is said between the command and the processes that simulate for it; see ``simulator`` and ``simulating``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.mutants.generated.draw import Line
from harness.mutants.generated.generated import Generated
from harness.simulate.bench import Project


@dataclass(frozen=True)
class Version:
    """What a process imports: the application as it is, or with one change.

    :param root: the project's folder.
    :param cpu_seconds: the system ends the process when it has computed for so long, even if nobody is there any more
        to see that it hangs; ``None`` is as long as it likes.
    """

    root: Path
    project: Project
    mutant: Generated | None = None
    cpu_seconds: int | None = None


@dataclass(frozen=True)
class Calm:
    """What becomes of the first company of every family when nothing goes wrong? The answer is ``Judged``."""


@dataclass(frozen=True)
class Reach:
    """Which lines do so many companies of every family reach when nothing goes wrong? The answer is ``Reached``.

    Only a process that was asked nothing before sees what is run on import.
    """

    seeds: int


@dataclass(frozen=True)
class Judged:
    """What the checks say of companies.

    :param broken: check → its summary, of those that say INVALID.
    :param executions: how many were simulated.
    :param lives: whether a workflow came further than to an error of its own.
    :param error: what ended the simulation before it could be judged; empty where nothing did.
    """

    verdict: str
    broken: Mapping[str, str] = field(default_factory=dict)
    executions: int = 0
    lives: bool = False
    error: str = ""


@dataclass(frozen=True)
class Reached:
    """The lines, or what went wrong."""

    lines: frozenset[Line] = frozenset()
    error: str = ""
