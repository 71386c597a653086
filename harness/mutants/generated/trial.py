"""What a trial of a generated mutant is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from harness.mutants.generated.generated import Generated


class End(Enum):
    """How a trial ended."""

    KILLED = "killed"
    """A check says INVALID."""
    SURVIVED = "survived"
    """Nothing was found in all the executions, or in all the time, that a trial has."""
    TIMED_OUT = "timed out"
    """An execution never came to an end. Nobody would fail to see that, but no check has said so."""
    CRASHED = "crashed"
    """The application cannot even be imported, which proves nothing of any check."""


@dataclass(frozen=True)
class Outcome:
    """What came of one mutant.

    :param check: the name of the one that killed it; empty where none did.
    :param told: what a reader of the table needs besides, in a few words.
    :param executions: how many were simulated.
    """

    end: End
    check: str = ""
    told: str = ""
    executions: int = 0


@dataclass(frozen=True)
class Tried:
    """A mutant, and what came of it."""

    mutant: Generated
    outcome: Outcome


class TrialEngine(Protocol):
    """Whatever can try a changed application."""

    def try_one(self, mutant: Generated) -> Outcome:
        """Try the mutant in a process of its own (``importing.import_with``) until it is found or enough was tried."""


def try_all(engine: TrialEngine, mutants: Iterable[Generated]) -> list[Tried]:
    """Try one after the other; what two seeds have drawn is tried once."""
    named = {mutant.name: mutant for mutant in mutants}
    return [Tried(mutant, engine.try_one(mutant)) for mutant in named.values()]
