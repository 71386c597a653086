"""A fault is felt when a worker that it struck held a workflow task, or one waited for it, and by nothing less."""

from __future__ import annotations

from harness.record.history_facts import HistoryFacts, LostTask
from harness.record.lost_tasks import felt_by_tasks
from harness.record.record import FaultRecord, Strike

KILL = FaultRecord("f1", "worker-kill", "kill", 1.0, 2.0, "gone", struck=(Strike("worker", "worker-1.1", 1.0, 2.0),))
TAKEN = HistoryFacts("invoice-A", "r", lost_tasks=(LostTask("worker-1.1", started=True),))


def felt(fault: FaultRecord, *facts: HistoryFacts) -> str | None:
    (judged,) = felt_by_tasks([fault], facts)
    return judged.felt


def test_a_worker_that_held_nothing_but_a_workflow_task_felt_its_death() -> None:
    assert felt(KILL, TAKEN) == "held a workflow task of invoice-A"
    still = HistoryFacts("invoice-B", "r", task_failures=("X: [TMPRL1101] no yield",), failed_on=("worker-1.1",))
    assert felt(KILL, still) == "held a workflow task of invoice-B"


def test_a_worker_that_kept_a_workflow_in_mind_felt_its_death_by_the_task_that_waited_for_it() -> None:
    waited = [HistoryFacts(f"timer-{n}", "r", lost_tasks=(LostTask("worker-1.1", started=False),)) for n in range(5)]
    assert felt(KILL, *waited) == "workflow tasks of timer-0, timer-1, timer-2 and 2 more waited for it"
    assert felt(KILL, *waited, TAKEN) == "held a workflow task of invoice-A"


def test_what_waited_is_put_down_to_what_struck_the_worker_last() -> None:
    waited = [HistoryFacts("timer-1", "r", lost_tasks=(LostTask("worker-1.1", started=False),))]
    pause = FaultRecord("f0", "worker-pause", "pause", struck=(Strike("worker", "worker-1.1", 0.1, 0.5),))
    judged = [each.felt for each in felt_by_tasks([KILL, pause], waited)]
    assert judged == ["workflow tasks of timer-1 waited for it", None]


def test_a_task_that_nobody_was_to_do_or_another_had_proves_nothing() -> None:
    assert felt(KILL, HistoryFacts("invoice-A", "r", lost_tasks=(LostTask("", started=False),))) is None
    assert felt(KILL, HistoryFacts("invoice-A", "r", lost_tasks=(LostTask("worker-1.2", started=True),))) is None
    ordinary = HistoryFacts("invoice-B", "r", task_failures=("UNHANDLED_COMMAND",), failed_on=("worker-1.1",))
    assert felt(KILL, ordinary) is None
    assert felt(FaultRecord("f1", "link-cut", "cut", struck=(Strike("link", "worker-1.1", 1.0),)), TAKEN) is None


def test_what_was_felt_already_keeps_its_words() -> None:
    noticed = FaultRecord("f1", "worker-kill", "kill", felt="held book", struck=KILL.struck)
    assert felt(noticed, TAKEN) == "held book"
