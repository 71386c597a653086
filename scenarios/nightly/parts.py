"""The parts of a night: what each runs, and the commands that repeat it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

Words = tuple[str, ...]

CUT_SEEDS = 3
"""On so many seeds every cut is made: which lane meets which cell, and when, is drawn."""

HASH_SEEDS = "0,1,2"
"""Under each of them the replay gate is asked: two alone may put a set of two in the same order."""
FOREIGN = "harness/foreign"
SIMULATED = 5_000
"""So many companies live in virtual time."""


@dataclass(frozen=True)
class Part:
    """One part of a night. ``commands`` are as a person types them, one after another; with ``leaves_runs`` they make
    run directories of the application as it is, whose verdicts and recoveries are told. ``tells`` says what it is for.
    """

    name: str
    tells: str
    commands: tuple[Words, ...]
    leaves_runs: bool = False

    @property
    def command(self) -> str:
        """What repeats the part, as a line for a shell."""
        return " && ".join(shlex.join(words) for words in self.commands)


def parts(seed: int) -> tuple[Part, ...]:
    """All parts, on one seed. The tests of the stack, of the engine and of records have none, or one of their own.

    What is too long for every push and no claim is in ``rare``; the long claims themselves are in ``dev`` and ``full``.
    """
    drawn, twice = ("--seed", str(seed)), ("--tries", "2")
    fuzz = ("-m", "nightly", f"--hypothesis-seed={seed}", "scenarios/invoices/oracle/test_fuzz.py")
    every_cut = tuple(("assay", "run", "every-cut", "--seed", str(seed + more), *twice) for more in range(CUT_SEEDS))
    simulated = (("assay", "simulate", "--seeds", f"{seed}..{seed + SIMULATED - 1}"),)
    return (
        Part(
            "dev", "every claim on the embedded server", (("assay", "run", "--all", *drawn, *twice),), leaves_runs=True
        ),
        Part(
            "full",
            "every claim on Postgres and one server process per role",
            (("assay", "run", "--all", "--stack", "full", *drawn, *twice),),
            leaves_runs=True,
        ),
        Part("every-cut", "each kind of effect cut in each way, on more seeds", every_cut, leaves_runs=True),
        Part("mutants", "every broken version that shows on the embedded server", (("assay", "mutants", *drawn),)),
        Part(
            "mutants-full",
            "those that need a broken database or network to show",
            (("assay", "mutants", "--stack", "full", *drawn),),
        ),
        Part("judging", "synthetic records of 1,000 to 100,000 effects", (("assay", "bench", "judge", *drawn),)),
        Part(
            "damage",
            "a sealed record damaged in every known way, and sealed again",
            (("pytest", "-n", "auto", "-m", "not nightly", "scenarios/invoices/records"),),
        ),
        Part("simulate", "companies in virtual time, with faults at every step", simulated),
        Part("fuzz", "the oracle against the application, drawn files", (("pytest", "-n", "auto", *fuzz),)),
        Part("test-full", "every fault, and the stack itself", (("make", "test-full"),)),
        Part(
            "foreign",
            "every fault of a worker over applications of every shape",
            (("pytest", "-n", "auto", "-m", "nightly", FOREIGN),),
        ),
        Part(
            "replay",
            "the replay gate over every history, also as it was in flight, and over every kept change",
            (
                ("assay", "replay", "check", "--rungs", "lint,replay,drift,prefixes", "--hash-seeds", HASH_SEEDS),
                ("pytest", "-n", "auto", "-m", "replay", "scenarios/invoices/changes"),
            ),
        ),
        Part(
            "rare",
            "what else is too long for every push",
            (("pytest", "-m", "nightly", "--ignore", FOREIGN, "chaos", "harness"),),
        ),
    )
