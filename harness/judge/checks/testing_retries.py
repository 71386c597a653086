"""Attempts on one invoice, and what the check of retries says of them."""

from __future__ import annotations

from typing import Any

from harness.judge.checks.retries import RetriesCheck
from harness.record.record import Attempt, ProcessEvent, Record
from harness.record.testing_records import BEGAN, attempt, policy, run_info
from harness.verdict import CheckResult

CHECK = RetriesCheck(services=frozenset({"smtp"}))
DIED = ProcessEvent("worker-1", 1, "killed", BEGAN + 1.5)


def failed(number: int, start: float, end: float, **changes: Any) -> Attempt:
    return attempt("invoice-A", start, end, attempt=number, outcome="failed", error="E: no", **changes)


def done(number: int, start: float, end: float, **changes: Any) -> Attempt:
    return attempt("invoice-A", start, end, attempt=number, **changes)


def judged(*attempts: Attempt, check: RetriesCheck = CHECK, **changes: Any) -> CheckResult:
    given: dict[str, Any] = {"attempts": attempts, "policies": (policy(),)}
    return check(Record(run_info(), **{**given, **changes}))


def told(result: CheckResult) -> str:
    return "; ".join(finding.message for finding in result.findings)
