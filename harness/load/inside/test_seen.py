"""What readings tell: a gap is no zero, a restart no loss, and what is not known is said to be so."""

from __future__ import annotations

import json

import pytest

from harness.load.inside.page import Page
from harness.load.inside.seen import Inside, inside_of
from harness.load.inside.steps import Step, backlog_steps, core_steps, spaced, transition_steps
from harness.load.inside.testing_readings import MIB, broken_readings, process, reading

SEEN = inside_of(broken_readings(), 98.0)


def test_transitions_count_over_the_death_of_a_server_and_have_a_gap_there() -> None:
    assert SEEN.transitions is not None
    # 200 before its death, 530 by the one that came after it.
    assert (SEEN.transitions.count, SEEN.transitions.mean_per_second) == (730, 73)
    assert [step.value for step in SEEN.transition_steps] == [100, None, None, 150, 100]
    assert SEEN.transitions.most_per_second == 150
    assert SEEN.transition_steps[0] == Step(2, 4, 100)


def test_backlog_is_known_at_most_and_at_the_end() -> None:
    assert SEEN.backlog is not None
    assert (SEEN.backlog.most, SEEN.backlog.last) == (12, 0)
    unseen_at_the_end = inside_of([*broken_readings(), reading(112, missing=("matching",))], 98.0)
    assert unseen_at_the_end.backlog is not None
    assert (unseen_at_the_end.backlog.most, unseen_at_the_end.backlog.last) == (12, None)


def test_cores_are_of_the_processes_that_are_there() -> None:
    cores = {part.name: part.cores for part in SEEN.parts}
    worker, history = cores["worker-1"], cores["history"]
    assert worker is not None
    assert history is not None
    assert (worker.mean, worker.most) == (0.25, 0.25)
    # Its first process used 1 s that was seen; its second had used 3 s when it was seen first, and then 2 s more.
    assert [step.value for step in SEEN.cores["history"]] == [0.5, None, 1.5, 0.5, 0.5]
    assert history.mean == pytest.approx((1 + 3 + 1 + 1) / 10)


def test_memory_that_is_shared_counts_once() -> None:
    backends = tuple(process("postgres", pid, 0.0, own_bytes=5 * MIB, shared_bytes=100 * MIB) for pid in (1, 2, 3))
    (part,) = inside_of([reading(0, processes=backends)], 0.0).parts
    assert part.memory_most_bytes == 115 * MIB


def test_slots_pollers_and_missed_answers_stand_with_their_part() -> None:
    parts = {part.name: part for part in SEEN.parts}
    slots = parts["worker-1"].slots["WorkflowWorker"]
    assert (slots.used_most, slots.of, slots.full_readings) == (10, 10, 2)
    assert parts["worker-1"].pollers == {"workflow_task": 5}
    assert (parts["history"].answered, parts["history"].missed) == (5, 1)


def test_workers_without_a_limit_have_slots_of_no_number() -> None:
    (part,) = inside_of([reading(0, {"worker-1": Page(used={"ActivityWorker": 3})})], 0.0).parts
    assert (part.slots["ActivityWorker"].used_most, part.slots["ActivityWorker"].of) == (3, None)


def test_waits_of_all_workers_are_one_histogram() -> None:
    pages = [{"a": Page(waits={"activity": {0.1: count}}), "b": Page(waits={"activity": {5.0: 0}})} for count in (7, 9)]
    waited = inside_of([reading(at, each) for at, each in enumerate(pages)], 0.0).waits["activity"]
    assert (waited.count, waited.p50_seconds) == (2, 0.1)


def test_where_no_page_tells_of_something_it_is_not_zero_but_unknown() -> None:
    seen = inside_of([reading(at, {"worker-1": Page()}) for at in (0, 2)], 0.0)
    assert seen
    assert (seen.transitions, seen.backlog, dict(seen.waits)) == (None, None, {})


def test_a_server_that_has_made_no_transition_yet_has_made_none() -> None:
    readings = [reading(at, {"history": Page(transitions=count)}) for at, count in ((0, None), (2, 20.0))]
    assert [step.value for step in transition_steps(readings, 0.0)] == [10.0]


def test_one_of_two_servers_that_does_not_answer_makes_the_sum_unknown() -> None:
    both = {"matching": Page(backlog=1), "matching-2": Page(backlog=2)}
    readings = [reading(0, both), reading(2, {"matching": Page(backlog=1)}, missing=("matching-2",))]
    assert [step.value for step in backlog_steps(readings, 0.0)] == [3, None]


def test_a_process_that_came_since_counts_from_its_beginning() -> None:
    readings = [reading(0, processes=(process("api", 1, 40.0),)), reading(2, processes=(process("api", 2, 1.0),))]
    assert [step.value for step in core_steps(readings, 0.0, "api")] == [0.5]


def test_a_last_reading_that_follows_at_once_takes_the_place_of_the_one_before() -> None:
    assert [each.at_seconds for each in spaced([reading(0), reading(2), reading(2.1)])] == [0, 2.1]
    assert len(spaced([reading(0), reading(2), reading(4)])) == 3
    assert len(spaced([reading(0), reading(0.1)])) == 2


def test_what_never_answered_is_named_with_the_reason() -> None:
    seen = inside_of([reading(at, missing=("wrong",)) for at in (0, 2)], 0.0)
    assert seen.silent == {"wrong": "connection refused"}
    assert "history" not in SEEN.silent


def test_without_a_reading_there_is_a_reason() -> None:
    assert inside_of([], 0.0) == Inside(problem="no reading was taken")
    assert inside_of([], 0.0, "it ended with 1").problem == "it ended with 1"
    assert not inside_of([], 0.0)


def test_all_of_it_can_be_written() -> None:
    written = json.loads(json.dumps(SEEN.to_json(), allow_nan=False))
    assert written["transitions"]["count"] == 730
    waited = {"count": 115, "p50_at_most_seconds": 0.01, "p99_at_most_seconds": 5.0, "last_bound_seconds": 5.0}
    assert written["waits"] == {"workflow task": waited}
