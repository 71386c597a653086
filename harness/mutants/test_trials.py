"""When a mutant counts as killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.application.version import Mutant
from harness.mutants.trials import Trial, TrialResult, judge_mutants, trials, undecided

MUTANT = Mutant("no-key", Path("no-key.patch"), "booked once", "effects", "worker-killed")


def result(mutant: Mutant | None, verdict: str, **verdicts: str) -> TrialResult:
    return TrialResult(Trial("worker-killed", 1, mutant), verdict, verdicts, None, "because")


def killed(unpatched: TrialResult, patched: TrialResult) -> tuple[bool, str]:
    (row,) = judge_mutants([unpatched, patched], [MUTANT], [1])
    return row.killed, row.why


def test_killed_by_the_declared_check_when_the_unpatched_code_is_valid() -> None:
    assert killed(result(None, "VALID"), result(MUTANT, "INVALID", effects="INVALID"))[0]


def test_not_killed_by_another_check() -> None:
    alive, why = killed(result(None, "VALID"), result(MUTANT, "INVALID", effects="VALID", liveness="INVALID"))
    assert not alive
    assert "effects says VALID" in why


def test_not_killed_when_the_unpatched_code_is_not_valid() -> None:
    alive, why = killed(result(None, "UNKNOWN"), result(MUTANT, "INVALID", effects="INVALID"))
    assert not alive
    assert "unpatched application is UNKNOWN" in why


def test_not_killed_when_the_check_gave_no_result() -> None:
    assert not killed(result(None, "VALID"), result(MUTANT, "UNKNOWN"))[0]


def test_what_did_not_prove_what_it_must_is_tried_again_and_what_it_says_then_counts() -> None:
    grey, caught = result(None, "UNKNOWN", effects="UNKNOWN"), result(MUTANT, "INVALID", effects="INVALID")
    unclear, hung = result(MUTANT, "INVALID", effects="UNKNOWN", books="INVALID"), result(MUTANT, "UNKNOWN")
    missed = result(MUTANT, "INVALID", effects="VALID", books="INVALID")
    tried = [grey, caught, unclear, hung, missed]
    assert undecided(tried) == [grey.trial, unclear.trial, hung.trial, missed.trial]
    (row,) = judge_mutants([*tried, result(None, "VALID", effects="VALID"), caught], [MUTANT], [1])
    assert row.killed


def test_what_survives_alone_survives() -> None:
    missed = result(MUTANT, "VALID", effects="VALID")
    assert not judge_mutants([result(None, "VALID"), missed, missed], [MUTANT], [1])[0].killed


def test_every_seed_tries_the_unpatched_code_once_per_claim() -> None:
    planned = trials([MUTANT], [1, 2])
    assert [(trial.seed, trial.mutant) for trial in planned] == [(seed, m) for seed in (1, 2) for m in (None, MUTANT)]


def test_what_waits_longest_is_tried_first_on_each_seed() -> None:
    slow = replace(MUTANT, name="no-heartbeat", caught_by="liveness")
    assert [trial.mutant for trial in trials([MUTANT, slow], [1, 2])] == [slow, None, MUTANT] * 2
