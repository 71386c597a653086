"""Judges a record: runs every check, and lets neither a crash nor an interruption look like success.

Where it stands: record → **results** → report. Pure.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace

from harness.claim import Check
from harness.record import Record
from harness.verdict import CheckResult, Finding, Verdict


def judge(record: Record, checks: Sequence[Check]) -> list[CheckResult]:
    """The results of all checks, and one of its own when the run did not come to its end.

    Such a run can still break a promise (money booked twice stays booked twice), but not by what it had no time to do.
    """
    results = [_run(check, record) for check in checks]
    if record.interrupted is None:
        return results
    told = f"the run did not come to its end: {record.interrupted}"
    return [*map(_of_a_part, results), CheckResult("completeness", Verdict.UNKNOWN, told)]


def _of_a_part(result: CheckResult) -> CheckResult:
    """What the result says when the end of the run is missing."""
    if result.verdict is not Verdict.INVALID or any(not finding.could_still_come for finding in result.findings):
        return result
    return replace(result, verdict=Verdict.UNKNOWN, summary=f"cut short before it was decided: {result.summary}")


def _run(check: Check, record: Record) -> CheckResult:
    try:
        return check(record)
    except Exception as error:
        story = tuple(traceback.format_exception(error, limit=-3))
        crash = Finding(check.name, f"the check crashed: {type(error).__name__}: {error}", story)
        return CheckResult(check.name, Verdict.UNKNOWN, "the check itself crashed, so nothing is proved", (crash,))
