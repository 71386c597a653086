"""`assay run --all`: whose turn it is, who is left out, what is refused, and who is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from harness.application.version import Mutant
from harness.cli.mutants import _of_turn as of_turn
from harness.cli.run import _of_turn, try_each, until_it_tells
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.again import Judged
from harness.experiment.claim import Claim
from harness.judge.judge import judge
from harness.mutants.rotation import Turn
from harness.record.record import ProcessEvent, Record, RunInfo
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict

RECORD = Record(RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run"))
CONFIG = ProjectConfig(root=Path("/nowhere"), app="a", scenarios="b")


@dataclass(frozen=True)
class Named:
    name: str


CLAIMS = [(cast(Claim, Named(name)), "dev") for name in ("a", "b", "c", "d", "e")]


def taken(turn: Turn, *always: str) -> list[str]:
    return [claim.name for claim, _ in _of_turn(CONFIG, CLAIMS, turn, always)]


def test_those_that_are_always_tried_come_on_top_of_the_turn(capsys: pytest.CaptureFixture[str]) -> None:
    assert taken(Turn(2, 1), "e") == ["a", "b", "e"]
    assert "turn 1/2; not tried: c, d" in capsys.readouterr().err
    assert taken(Turn(2, 2), "e") == ["c", "d", "e"]


def test_all_turns_together_try_everything() -> None:
    assert sorted(name for number in (1, 2, 3) for name in taken(Turn(3, number))) == ["a", "b", "c", "d", "e"]


def test_a_claim_that_there_is_not_cannot_be_tried_always() -> None:
    with pytest.raises(UsageError, match="--always names gone; there are a, b, c, d, e"):
        taken(Turn(2, 1), "gone")


def judged(verdict: Verdict, record: Record = RECORD, *, sound: bool = True) -> Judged:
    """A run that came to this."""
    return Judged(Path("/nowhere"), record, (CheckResult("books", verdict, ""),), Vocabulary(), sound)


@pytest.mark.parametrize(
    ("came_to", "tells"),
    [
        ([Verdict.VALID], (Verdict.VALID, 1)),
        ([Verdict.INVALID], (Verdict.INVALID, 1)),
        ([Verdict.UNKNOWN, Verdict.VALID], (Verdict.VALID, 2)),
        ([Verdict.UNKNOWN, Verdict.INVALID], (Verdict.INVALID, 2)),
        ([Verdict.UNKNOWN, Verdict.UNKNOWN], (Verdict.UNKNOWN, 2)),
    ],
)
def test_only_what_showed_nothing_is_tried_again(came_to: list[Verdict], tells: tuple[Verdict, int]) -> None:
    rest = [judged(verdict) for verdict in came_to]
    assert until_it_tells(lambda: rest.pop(0), tries=2) == tells
    assert not rest


class Crashes:
    """A check that always crashes."""

    name = "books"

    def __call__(self, record: Record) -> CheckResult:
        raise LookupError(record.run.claim)


@pytest.mark.parametrize(
    ("crashed", "told"),
    [
        (replace(judged(Verdict.UNKNOWN), results=judge(RECORD, [Crashes()])), "the check books crashed"),
        (
            judged(Verdict.UNKNOWN, replace(RECORD, processes=(ProcessEvent("worker-1.1", 9, "died", 1.0),))),
            "worker-1.1 died unplanned",
        ),
        (judged(Verdict.UNKNOWN, sound=False), "the record is not what its writers left"),
    ],
)
def test_what_crashed_is_not_tried_again(crashed: Judged, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    rest = [crashed]
    assert until_it_tells(lambda: rest.pop(0), tries=3) == (Verdict.UNKNOWN, 1)
    assert f"not tried again: {told}" in capsys.readouterr().err


def test_without_another_word_a_claim_is_tried_once(capsys: pytest.CaptureFixture[str]) -> None:
    rest = [judged(Verdict.UNKNOWN)]
    assert until_it_tells(lambda: rest.pop(0), tries=1) == (Verdict.UNKNOWN, 1)
    assert capsys.readouterr().err == ""


def test_what_was_shown_is_told_whatever_ends_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong() -> Judged:
        raise UsageError("its workload's operations: no such sample")

    attempts = {"first": lambda: judged(Verdict.INVALID), "second": wrong, "third": lambda: judged(Verdict.VALID)}
    with pytest.raises(UsageError, match="no such sample"):
        try_each(attempts, tries=1)
    told = capsys.readouterr().out.split("\n")[1:4]
    assert told == [
        "INVALID  first",
        "-        second  (not tried to its end)",
        "-        third  (not tried to its end)",
    ]


def test_a_turn_of_no_mutant_is_refused_wherever_it_is_tried() -> None:
    with pytest.raises(UsageError, match="turn 1/2: there are fewer mutants than parts, and none in this part"):
        of_turn(CONFIG, [Mutant("lost", Path("x.patch"), "p", "effects", "worker-killed")], Turn(2, 1))


@pytest.mark.parametrize("number", range(1, 13))
def test_no_push_has_all_mutants_of_one_claim(number: int) -> None:
    quick = [Mutant(f"quick-{each}", Path("x.patch"), "p", "effects", "worker-killed") for each in range(76)]
    slow = [Mutant(f"slow-{each}", Path("x.patch"), "p", "effects", "every-cut") for each in range(7)]
    due = of_turn(CONFIG, [*slow, *quick], Turn(12, number))
    assert len(due) in (6, 7)
    assert sum(mutant.claim == "every-cut" for mutant in due) <= 1
    half = of_turn(CONFIG, [*slow, *quick], Turn(24, 2 * number))
    assert {mutant.name for mutant in half} < {mutant.name for mutant in due}
