"""What an execution is stuck at is told of that run alone, and of no other of the same workflow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.judge.stuck import stuck_at
from harness.record.history_facts import HistoryFacts
from harness.record.record import Attempt, Execution, Record, RunInfo

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
RUNS = ("first", "second", "third")


def failed(run_id: str, activity: str) -> Attempt:
    worker = "worker-1.1"
    return Attempt(worker, 1, activity, "order-A", run_id, "1", 1, 1.0, 2.0, "failed", error=f"{activity} of {run_id}")


@given(st.dictionaries(st.sampled_from(RUNS), st.tuples(st.booleans(), st.integers(0, 3))), st.sampled_from(RUNS))
def test_only_the_run_itself_is_told_of(troubled: dict[str, tuple[bool, int]], run_id: str) -> None:
    record = Record(
        RUN,
        attempts=tuple(failed(run, "pay") for run, (attempt, _) in troubled.items() if attempt),
        facts=tuple(
            HistoryFacts("order-A", run, task_failures=tuple(f"{n} in {run}" for n in range(tasks)))
            for run, (_, tasks) in troubled.items()
        ),
    )
    told = stuck_at(record, Execution("order-A", run_id, "Order", "RUNNING"))

    attempt, tasks = troubled.get(run_id, (False, 0))
    assert (f"pay failed at 1 attempt, the last time with pay of {run_id}" in told) is attempt
    assert (f"the last with {tasks - 1} in {run_id}" in told) is (tasks > 0)
    assert told.count(";") == attempt + (tasks > 0)
    assert not any(other in told for other in RUNS if other != run_id)


def test_what_succeeded_in_the_end_is_nothing_to_be_stuck_at() -> None:
    again = Attempt("worker-1.1", 1, "pay", "order-A", "first", "1", 2, 3.0, 4.0, "completed")
    record = Record(RUN, attempts=(failed("first", "pay"), again))
    assert stuck_at(record, Execution("order-A", "first", "Order", "RUNNING")) == ""
