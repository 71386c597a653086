"""`assay run --all --turn`: who is tried, who is left out, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from harness.application.version import Mutant
from harness.cli.mutants import _of_turn as of_turn
from harness.cli.run import _of_turn
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.claim import Claim
from harness.mutants.rotation import Turn

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


@pytest.mark.parametrize("number", range(1, 13))
def test_no_push_has_all_mutants_of_one_claim(number: int) -> None:
    quick = [Mutant(f"quick-{each}", Path("x.patch"), "p", "effects", "worker-killed") for each in range(76)]
    slow = [Mutant(f"slow-{each}", Path("x.patch"), "p", "effects", "every-cut") for each in range(7)]
    due = of_turn(CONFIG, [*slow, *quick], Turn(12, number))
    assert len(due) in (6, 7)
    assert sum(mutant.claim == "every-cut" for mutant in due) <= 1
