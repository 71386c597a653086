"""The check of what must be refused, fed hand-made records."""

from __future__ import annotations

import pytest

from harness.judge.checks.refused import RefusedCheck
from harness.record.record import Operation, Outcome, Record, RunInfo, Try
from harness.verdict import CheckResult, Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")


def judged(*operations: tuple[str, Outcome]) -> CheckResult:
    asked = [
        Operation(f"{name}/{number}", name, f"PC-{number}", 1.0, 1.0, 2.0, outcome, 1, {"status": 202})
        for number, (name, outcome) in enumerate(operations)
    ]
    return RefusedCheck(("nonsense", "stranger"))(Record(RUN, operations=tuple(asked)))


def test_all_refused_is_valid() -> None:
    result = judged(("nonsense", Outcome.FAIL), ("stranger", Outcome.FAIL), ("voucher", Outcome.OK))
    assert (result.verdict, result.summary) == (Verdict.VALID, "2 things were refused as they must")


def test_one_that_is_accepted_is_invalid() -> None:
    result = judged(("nonsense", Outcome.FAIL), ("stranger", Outcome.OK))
    assert result.verdict is Verdict.INVALID
    assert [(each.subject, each.message) for each in result.findings] == [
        ("stranger/1", "came out OK (202) and must be refused")
    ]


def test_what_was_skipped_was_not_refused() -> None:
    skipped = Try(1, 1.0, 1.0, Outcome.FAIL, asked=False)
    asked = Operation("nonsense/1", "nonsense", "PC-1", 1.0, 1.0, 2.0, Outcome.FAIL, 1, {}, (skipped,))
    assert RefusedCheck(("nonsense",))(Record(RUN, operations=(asked,))).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("outcome", [None, Outcome.UNKNOWN])
def test_one_that_was_never_refused_for_sure_proves_nothing(outcome: Outcome | None) -> None:
    strangers = [("stranger", outcome)] if outcome else []
    result = judged(("nonsense", Outcome.FAIL), *strangers)
    assert (result.verdict, result.summary) == (Verdict.UNKNOWN, "never refused for sure: stranger")
