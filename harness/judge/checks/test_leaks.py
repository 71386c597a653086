"""The leaks check, fed hand-made records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judge.checks.leaks import LeaksCheck
from harness.record.history_facts import HistoryFacts, LostTask
from harness.record.record import FaultRecord, Record
from harness.record.testing_records import execution, operation, run_info, struck
from harness.verdict import CheckResult, Verdict

WHOLE = HistoryFacts("invoice-A", "run", 5, subject="A")


def judged(*facts: HistoryFacts, faults: tuple[FaultRecord, ...] = (), **changes: Any) -> CheckResult:
    """What is said of an execution that was asked for 1 s into the work and closed 9 s into it."""
    given: dict[str, Any] = {
        "facts": facts,
        "operations": (operation("A", 1.0),),
        "executions": (execution("invoice-A", 9.0),),
        "faults": faults,
    }
    return LeaksCheck()(Record(run_info(), **{**given, **changes}))


def test_what_closed_whole_is_valid_with_and_without_faults() -> None:
    assert judged(WHOLE).verdict is Verdict.VALID
    assert judged(WHOLE, faults=(struck("worker", "worker-1", 2.0, 3.0),)).verdict is Verdict.VALID


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


RAN_OUT = replace(WHOLE, lost_tasks=(LostTask("worker-1", started=True), LostTask("worker-1", started=False)))
STOOD_STILL = replace(
    WHOLE,
    task_failures=("WORKFLOW_WORKER_UNHANDLED_FAILURE: [TMPRL1101] dead lock",),
    failed_on=("worker-1",),
)


@pytest.mark.parametrize("facts", [RAN_OUT, STOOD_STILL], ids=["ran out", "stood still"])
@pytest.mark.parametrize(
    "fault",
    [
        struck("worker", "worker-1", 2.0, 3.0),
        struck("process", "history", 2.0, 3.0, "server"),
        struck("link", "worker-frontend", 0.0, None, "worker", "frontend"),
        struck("namespace", "default", 2.0, 3.0),
    ],
    ids=lambda fault: fault.fault_id,
)
def test_what_struck_the_worker_or_the_server_explains_it(facts: HistoryFacts, fault: FaultRecord) -> None:
    assert judged(facts, faults=(fault,)).verdict is Verdict.VALID


@pytest.mark.parametrize("facts", [RAN_OUT, STOOD_STILL], ids=["ran out", "stood still"])
@pytest.mark.parametrize(
    "elsewhere",
    [
        (),
        (struck("service", "smtp", 2.0, 3.0),),
        (struck("worker", "worker-2", 2.0, 3.0),),
        (struck("worker", "worker-1", 0.0, 0.5), struck("worker", "worker-1", 20.0, 21.0)),
        (struck("process", "api", 2.0, 3.0, "application"),),
    ],
    ids=["nothing", "a service", "another worker", "another time", "the API"],
)
def test_what_struck_elsewhere_explains_nothing(facts: HistoryFacts, elsewhere: tuple[FaultRecord, ...]) -> None:
    result = judged(facts, faults=elsewhere)
    assert result.verdict is Verdict.UNKNOWN
    assert "worker-1" in result.findings[0].message


def test_a_task_in_a_hundred_may_be_lost_on_its_way() -> None:
    """Handed to a worker that had hung up in the same moment: the server's doing, and nobody's fault."""
    one = replace(WHOLE, lost_tasks=RAN_OUT.lost_tasks[:1], tasks_completed=100)
    result = judged(one)
    assert result.verdict is Verdict.VALID
    assert result.counts["timed out though nothing had struck"] == 1
    assert judged(replace(one, tasks_completed=99)).verdict is Verdict.UNKNOWN
    assert judged(replace(STOOD_STILL, tasks_completed=10_000)).verdict is Verdict.UNKNOWN
