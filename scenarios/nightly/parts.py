"""The parts of a night: what each runs, and the command that repeats it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of a night. ``words`` is the command as a person types it; with ``leaves_runs`` it makes run directories
    of the application as it is, whose verdicts and recoveries are told.
    """

    name: str
    words: Words
    leaves_runs: bool = False

    @property
    def command(self) -> str:
        """The command that repeats the part."""
        return shlex.join(self.words)


def parts(seed: int) -> tuple[Part, ...]:
    """All parts, on one seed. The tests of the stack and of the engine have none, or one of their own.

    What is too long for every push and no claim is in ``rare``; the long claims themselves are in ``dev`` and ``full``.
    """
    drawn = ("--seed", str(seed))
    fuzz = ("-m", "nightly", f"--hypothesis-seed={seed}", "scenarios/oracle/test_fuzz.py")
    return (
        Part("dev", ("assay", "run", "--all", *drawn), leaves_runs=True),
        Part("full", ("assay", "run", "--all", "--stack", "full", *drawn), leaves_runs=True),
        Part("mutants", ("assay", "mutants", *drawn)),
        Part("fuzz", ("pytest", "-n", "auto", *fuzz)),
        Part("test-full", ("make", "test-full")),
        Part("rare", ("pytest", "-m", "nightly", "chaos", "harness")),
    )
