"""Which attempts a fault cut short, and when they came back."""

from __future__ import annotations

import pytest

from harness.judge.recovery import recovery, recovery_floor
from harness.record.record import ProcessEvent, Record
from harness.record.testing_records import BEGAN, attempt, fault, killed_run, policy, run_info, struck


def test_each_attempt_comes_back_when_its_activity_next_completes() -> None:
    [found] = recovery(killed_run())
    assert [each.seconds for each in found.cut_short] == [pytest.approx(5.5), pytest.approx(7.0)]
    assert found.worst_seconds == pytest.approx(7.0)
    assert found.p50_seconds == pytest.approx(5.5)
    assert found.cut_short[0].floor_seconds == 6.0


def test_what_never_comes_back_has_no_time() -> None:
    [found] = recovery(killed_run(attempts=(attempt("invoice-INV-1", 1.5, None),)))
    assert (found.never, found.worst_seconds) == (1, None)


def test_a_failed_retry_is_not_a_recovery() -> None:
    retry = attempt("invoice-INV-1", 7.0, 7.5, attempt=2, outcome="failed")
    [found] = recovery(killed_run(attempts=(attempt("invoice-INV-1", 1.5, None), retry)))
    assert found.never == 1


def test_an_attempt_that_ended_was_not_cut_short() -> None:
    [found] = recovery(killed_run(attempts=(attempt("invoice-INV-1", 1.5, 1.9),)))
    assert found.cut_short == ()


def test_a_worker_that_was_not_killed_holds_nothing_back() -> None:
    [found] = recovery(killed_run(processes=(ProcessEvent("worker-1", 1, "stopped", BEGAN + 2.0),)))
    assert found.cut_short == ()


def test_of_two_faults_at_once_the_one_that_struck_the_worker_cut_it_short() -> None:
    elsewhere = struck("service", "smtp", 2.0, 3.0)
    record = killed_run(faults=(elsewhere, fault("kill", 0.5, 9.0), fault("never", None, None)))
    assert {each.fault_id: len(each.cut_short) for each in recovery(record)} == {elsewhere.fault_id: 0, "kill": 2}


def test_a_kill_that_no_fault_owns_is_nobodys_doing() -> None:
    record = killed_run(faults=(fault("k", 2, None, struck=()),))
    assert recovery(record)[0].cut_short == ()


def test_an_attempt_that_began_inside_the_window_is_measured_from_the_kill() -> None:
    record = killed_run(
        faults=(fault("storm", 1.0, 8.0),),
        attempts=(attempt("w", 1.5, None), attempt("w", 4.0, 5.01, worker="worker-2", pid=2, attempt=2)),
    )
    assert recovery(record)[0].worst_seconds == pytest.approx(3.0)


def test_the_floor_is_heartbeat_and_first_back_off() -> None:
    floor = recovery_floor(killed_run(policies=(policy("send"), policy("render", 10.0))))
    assert floor.smallest_seconds == 6.0
    assert floor.of("render") == 11.0
    assert floor.of("unheard-of") is None
    assert floor.workflow_task_timeout_seconds == 10.0


def test_without_a_heartbeat_there_is_no_floor() -> None:
    assert recovery_floor(killed_run(policies=(policy("send", 0.0),))).smallest_seconds is None


def test_no_policy_no_floor() -> None:
    assert recovery_floor(Record(run_info())).smallest_seconds is None
