"""Judges a record: runs every check, and lets no crash, no interruption and no lack of checks look like success.

Data flow: record → **results** → report. Pure.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace

from harness.judge.check import Check
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict
from harness.words import printable, words_of

OF_THE_RUN = frozenset({"vacuity", "cuts"})
"""Checks that speak of the run alone: with no other, an application that does nothing right would do."""

CRASHED = "the check itself crashed, so nothing is proved"
"""What is said of a check that did."""

COMPLETENESS = "completeness"
"""What a record that is only a part of its run has beside its checks; it is UNKNOWN and finds nothing."""

STORIES_AT_MOST = 20
"""Of one check. Nobody reads more, and each is as long as what is known of its subject."""


def judge(record: Record, checks: Sequence[Check]) -> list[CheckResult]:
    """The results of all checks, and one of its own when nothing is checked or the run did not come to its end.

    Such a run can still break a promise (money booked twice stays booked twice), but not by what it had no time to do.
    """
    results = [_with_some_stories(_run(check, record)) for check in checks]
    if all(check.name in OF_THE_RUN for check in checks):
        told = "the claim has no check of what the application did, so nothing of it is proved"
        results.append(CheckResult("checks", Verdict.UNKNOWN, told))
    if record.interrupted is None:
        return results if record.given_up is None else [*results, _given_up(record.given_up)]
    told = f"the run did not come to its end: {record.interrupted}"
    return [*map(_of_a_part, results), CheckResult(COMPLETENESS, Verdict.UNKNOWN, told)]


def _given_up(reason: str) -> CheckResult:
    """What was not asked any more would have proved something, and had all its time before it was given up."""
    return CheckResult(COMPLETENESS, Verdict.UNKNOWN, f"the work was given up: {reason}")


def _with_some_stories(result: CheckResult) -> CheckResult:
    """The result with the stories of its first findings, and how many others are told without one."""
    left = len(result.findings) - STORIES_AT_MOST
    if left <= 0:
        return result
    bare = (replace(finding, story=()) for finding in result.findings[STORIES_AT_MOST:])
    counts = {**result.counts, "findings told without their story": left}
    return replace(result, findings=(*result.findings[:STORIES_AT_MOST], *bare), counts=counts)


def _of_a_part(result: CheckResult) -> CheckResult:
    """What the result says when the end of the run is missing."""
    if result.verdict is not Verdict.INVALID or any(not finding.could_still_come for finding in result.findings):
        return result
    return replace(result, verdict=Verdict.UNKNOWN, summary=f"cut short before it was decided: {result.summary}")


def _run(check: Check, record: Record) -> CheckResult:
    try:
        return check(record)
    except Exception as error:
        story = tuple(map(printable, traceback.format_exception(error, limit=-3)))
        crash = Finding(check.name, f"the check crashed: {words_of(error)}", story)
        return CheckResult(check.name, Verdict.UNKNOWN, CRASHED, (crash,))
