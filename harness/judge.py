"""Judges a record: runs every check, and lets neither a crash nor an interruption look like success.

Where it stands: record → **results** → report. Pure.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from harness.claim import Check
from harness.record import Record
from harness.verdict import CheckResult, Finding, Verdict


def judge(record: Record, checks: Sequence[Check]) -> list[CheckResult]:
    """The results of all checks, and one of its own when the run did not come to its end."""
    results = [_run(check, record) for check in checks]
    if record.interrupted is not None:
        results.append(
            CheckResult("completeness", Verdict.UNKNOWN, f"the run did not come to its end: {record.interrupted}")
        )
    return results


def _run(check: Check, record: Record) -> CheckResult:
    try:
        return check(record)
    except Exception as error:
        story = tuple(traceback.format_exception(error, limit=-3))
        crash = Finding(check.name, f"the check crashed: {type(error).__name__}: {error}", story)
        return CheckResult(check.name, Verdict.UNKNOWN, "the check itself crashed, so nothing is proved", (crash,))
