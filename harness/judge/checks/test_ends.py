"""The check of ends, fed hand-made records."""

from __future__ import annotations

import pytest

from harness.judge.checks.ends import EndsCheck
from harness.record.record import Execution, Record, RunInfo
from harness.verdict import CheckResult, Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
CHECK = EndsCheck(lambda record: {"PC-1": frozenset({"booked"}), "PC-2": frozenset({"refused", "held"})})


def judged(*ends: tuple[str, str | None], status: str = "COMPLETED") -> CheckResult:
    executions = [Execution(f"cash/{name}", "run", "Cash", status, state=state, subject=name) for name, state in ends]
    return CHECK(Record(RUN, executions=tuple(executions)))


def test_the_right_ends_are_valid() -> None:
    result = judged(("PC-1", "booked"), ("PC-2", "held"))
    assert (result.verdict, result.summary) == (Verdict.VALID, "2 executions ended as their input calls for")


@pytest.mark.parametrize(
    ("subject", "state", "told"),
    [
        ("PC-1", "refused", "ended as refused; permitted is booked"),
        ("PC-2", "booked", "ended as booked; permitted is held or refused"),
        ("PC-1", None, "ended as nothing that it shows; permitted is booked"),
    ],
)
def test_another_end_is_invalid(subject: str, state: str | None, told: str) -> None:
    result = judged((subject, state))
    assert result.verdict is Verdict.INVALID
    assert [finding.message for finding in result.findings] == [told]


@pytest.mark.parametrize(("subject", "status"), [("PC-3", "COMPLETED"), ("PC-1", "RUNNING"), ("PC-1", "FAILED")])
def test_what_is_not_known_or_did_not_complete_proves_nothing(subject: str, status: str) -> None:
    assert judged((subject, "refused"), status=status).verdict is Verdict.UNKNOWN
