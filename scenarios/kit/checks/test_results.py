"""The check of results, fed hand-made records."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.record import Execution, Record
from harness.verdict import CheckResult, Verdict
from scenarios.kit.checks.results import ResultsCheck
from scenarios.kit.checks.testing_records import RUN

CHECK = ResultsCheck(
    lambda record: {"PC-1": ("booked",), "PC-2": ({"status": "refused"}, None), "PC-3": (1,), "PC-5": ({"paid": [1]},)}
)


def judged(*returned: tuple[str, Any], status: str = "COMPLETED") -> CheckResult:
    executions = [Execution(f"cash/{name}", "run", "Cash", status, result, subject=name) for name, result in returned]
    return CHECK(Record(RUN, executions=tuple(executions)))


def test_the_right_results_are_valid() -> None:
    result = judged(("PC-1", "booked"), ("PC-2", {"status": "refused"}), ("PC-2", None), ("PC-5", {"paid": [1]}))
    assert (result.verdict, result.counts) == (Verdict.VALID, {"results": 4})
    assert result.summary == "all 4 workflows returned what their input calls for"


@pytest.mark.parametrize(
    ("subject", "returned", "told"),
    [
        ("PC-1", "refused", "returned 'refused'; permitted is 'booked'"),
        ("PC-1", None, "returned None; permitted is 'booked'"),
        ("PC-2", {"status": "booked"}, "returned {'status': 'booked'}; permitted is {'status': 'refused'} or None"),
        ("PC-3", True, "returned True; permitted is 1"),
        ("PC-5", {"paid": [True]}, "returned {'paid': [True]}; permitted is {'paid': [1]}"),
        ("PC-5", {"paid": [1.0]}, "returned {'paid': [1.0]}; permitted is {'paid': [1]}"),
        ("PC-5", {"paid": []}, "returned {'paid': []}; permitted is {'paid': [1]}"),
        ("PC-5", {"paid": [1], "more": 1}, "returned {'paid': [1], 'more': 1}; permitted is {'paid': [1]}"),
        ("PC-4", "booked", "returned 'booked', and nobody asked for it"),
    ],
)
def test_another_result_is_invalid(subject: str, returned: Any, told: str) -> None:
    result = judged((subject, returned))
    assert result.verdict is Verdict.INVALID
    assert [finding.message for finding in result.findings] == [told]


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "CONTINUED_AS_NEW"])
def test_what_did_not_complete_returned_nothing(status: str) -> None:
    assert judged(("PC-1", "booked"), status=status).verdict is Verdict.UNKNOWN
