"""The replay check, fed hand-made records."""

from __future__ import annotations

import pytest

from harness.judge.checks.replay import ReplayCheck
from harness.record.history_facts import Replayed
from harness.record.record import Record
from harness.record.testing_records import execution, run_info
from harness.verdict import CheckResult, Verdict


def judged(*replays: Replayed) -> CheckResult:
    executions = tuple(execution(f"invoice-{n}", run_id=f"run-{n}") for n in range(2))
    return ReplayCheck()(Record(run_info(), executions=executions, replays=replays))


def replayed(number: int, outcome: str = "ok", message: str = "", tasks: int = 3) -> Replayed:
    return Replayed(f"invoice-{number}", f"run-{number}", outcome, message, tasks)


def test_histories_that_all_replay_are_valid() -> None:
    result = judged(replayed(0), replayed(1))
    assert (result.verdict, result.counts["workflow tasks"]) == (Verdict.VALID, 6)


@pytest.mark.parametrize(("outcome", "words"), [("nondeterminism", "no longer does"), ("hung", "never came to an end")])
def test_a_divergence_is_invalid_and_quotes_the_sdk(outcome: str, words: str) -> None:
    result = judged(replayed(0), replayed(1, outcome, "timer instead of activity"))
    assert result.verdict is Verdict.INVALID
    (finding,) = result.findings
    assert words in finding.message
    assert finding.story == ("timer instead of activity",)


def test_a_divergence_outweighs_what_could_not_be_replayed() -> None:
    assert judged(replayed(0, "nondeterminism"), replayed(1, "error")).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("replays", "words"),
    [
        pytest.param((), "no history was replayed", id="nothing replayed"),
        pytest.param((replayed(0),), "1 histories could not be judged", id="one left out"),
        pytest.param((replayed(0), replayed(1, "error", "no codec")), "1 histories", id="undecodable"),
        pytest.param((replayed(0), replayed(1, tasks=0)), "1 histories", id="no workflow task"),
    ],
)
def test_what_proves_nothing_is_unknown(replays: tuple[Replayed, ...], words: str) -> None:
    result = judged(*replays)
    assert result.verdict is Verdict.UNKNOWN
    assert words in result.summary
