"""The leaks check, fed hand-made records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.checks.leaks import LeaksCheck
from harness.history_facts import HistoryFacts, LostTask
from harness.record import Record
from harness.report.testing_records import execution, fault, run_info
from harness.verdict import CheckResult, Verdict

WHOLE = HistoryFacts("invoice-A", "run", 5)


def judged(*facts: HistoryFacts, broken: bool = True, **changes: Any) -> CheckResult:
    given: dict[str, Any] = {
        "facts": facts,
        "executions": (execution("invoice-A"),),
        "faults": (fault("k", 1.0, 2.0),) if broken else (),
    }
    return LeaksCheck()(Record(run_info(), **{**given, **changes}))


def test_what_closed_whole_is_valid_with_and_without_faults() -> None:
    assert judged(WHOLE).verdict is Verdict.VALID
    assert judged(WHOLE, broken=False).verdict is Verdict.VALID


def test_without_a_closed_history_nothing_is_proved() -> None:
    assert judged().verdict is Verdict.UNKNOWN
    assert judged(WHOLE, executions=(execution("invoice-A", None),)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"open_updates": 2}, "closed with 2 accepted updates that were never answered"),
        ({"open_activities": ("send",)}, "closed while send was still under way"),
        ({"task_failures": ("WORKFLOW_WORKER_UNHANDLED_FAILURE: boom",)}, "a workflow task failed: WORKFLOW_WORKER"),
        ({"task_failures": ("NON_DETERMINISTIC_ERROR",)}, "a workflow task failed: NON_DETERMINISTIC_ERROR"),
    ],
)
def test_what_was_left_open_or_failed_by_itself_is_invalid(changes: dict[str, Any], words: str) -> None:
    result = judged(replace(WHOLE, **changes))
    assert result.verdict is Verdict.INVALID
    assert words in result.findings[0].message


def test_what_still_runs_may_have_something_open() -> None:
    running = execution("invoice-B", None, run_id="other")
    waiting = HistoryFacts("invoice-B", "other", 5, open_updates=1)
    assert judged(WHOLE, waiting, executions=(execution("invoice-A"), running)).verdict is Verdict.VALID


def test_the_servers_own_business_is_no_failure() -> None:
    assert judged(replace(WHOLE, task_failures=("UNHANDLED_COMMAND",))).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "changes",
    [
        {"lost_tasks": (LostTask("worker-1", started=True),)},
        {"task_failures": ("WORKFLOW_WORKER_UNHANDLED_FAILURE: [TMPRL1101] dead lock",)},
    ],
)
def test_tasks_that_ran_out_are_a_faults_doing_or_unexplained(changes: dict[str, Any]) -> None:
    assert judged(replace(WHOLE, **changes)).verdict is Verdict.VALID
    assert judged(replace(WHOLE, **changes), broken=False).verdict is Verdict.UNKNOWN
