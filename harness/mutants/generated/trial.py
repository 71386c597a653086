"""What a trial of a generated mutant is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from harness.mutants.generated.generated import Generated


class End(Enum):
    """How a trial ended."""

    KILLED = "killed"
    """A check says INVALID where the application as it is is VALID."""
    SURVIVED = "survived"
    """Nothing was found in all the executions, or in all the time, that a trial has."""
    TIMED_OUT = "timed out"
    """An execution never came to an end. Nobody would fail to see that, but no check has said so."""
    STILLBORN = "stillborn"
    """It cannot be imported, or every workflow ends in an error at once: that proves nothing of any check."""


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
    """Whatever can try a changed application; several threads ask it at a time."""

    def try_one(self, mutant: Generated) -> Outcome:
        """Try the mutant in a process of its own (``importing.import_with``) until it is found or enough was tried."""

    def close(self) -> None:
        """End all that was started. Who waits for an answer gets one that says nothing."""
