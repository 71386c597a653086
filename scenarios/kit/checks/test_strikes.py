"""A fault excuses what it struck, and only as long as that can be felt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.record.record import FaultRecord, ProcessEvent, Record, Sample
from scenarios.kit.checks.strikes import (
    ACCOUNTING,
    API,
    BACK_OFF_SECONDS,
    BOOKS,
    MACHINE,
    PROVIDER,
    SERVER,
    SMTP,
    Strikes,
    Windows,
)
from scenarios.kit.checks.testing_records import RUN, struck

EVERYTHING = {SERVER, API, BOOKS, SMTP, ACCOUNTING, PROVIDER}


def strikes(*faults: FaultRecord) -> Strikes:
    return Strikes(Record(RUN, faults=faults))


def touched(found: Strikes, since: float = 10.0, until: float = 20.0) -> set[str]:
    return {thing for thing in EVERYTHING if found.touched([thing], since, until)}


def test_each_kind_of_strike_touches_its_own() -> None:
    assert touched(strikes(struck("service", "smtp", 10.0, 20.0))) == {SMTP}
    assert touched(strikes(struck("link", "l", 10.0, 20.0, "application", "books"))) == {BOOKS}
    assert touched(strikes(struck("link", "l", 10.0, 20.0, "worker", "frontend"))) == {SERVER, API, BOOKS}
    assert touched(strikes(struck("process", "api", 10.0, 20.0, "application"))) == {API}
    assert touched(strikes(struck("process", "world", 10.0, 20.0, "world"))) == {SMTP, ACCOUNTING, PROVIDER}
    assert touched(strikes(struck("process", "postgres", 10.0, 20.0, "server"))) == {SERVER, API, BOOKS}
    assert touched(strikes(struck("worker", "worker-1.1", 10.0, 20.0))) == set()
    assert touched(strikes(FaultRecord("f", "new", "", 10.0, 20.0))) == {SERVER, API, BOOKS}
    assert touched(strikes(FaultRecord("f", "never-landed", ""))) == set()


def test_a_strike_is_felt_for_a_stated_time_and_no_longer() -> None:
    found = strikes(struck("service", "smtp", 10.0, 20.0))
    assert touched(found, 20.0 + BACK_OFF_SECONDS, 99.0) == {SMTP}
    assert touched(found, 20.1 + BACK_OFF_SECONDS, 99.0) == set()
    assert touched(found, 0.0, 9.9) == set()
    server = strikes(struck("process", "temporal", 10.0, 12.0, "server"))
    assert SERVER in touched(server, 32.0, 99.0)
    assert SERVER not in touched(server, 32.1, 99.0)
    assert touched(strikes(struck("service", "smtp", 10.0, None)), 9999.0, 9999.0) == {SMTP}


def test_what_a_workflow_task_waits_for_is_the_time_out_that_the_record_tells() -> None:
    faults = (struck("process", "temporal", 10.0, 12.0, "server"), struck("worker", "worker-1.1", 10.0, 11.0))
    slow, quick = (Strikes(Record(RUN, faults=faults, workflow_task_timeout_seconds=each)) for each in (30.0, 3.0))
    assert SERVER in touched(slow, 52.0, 99.0)
    assert SERVER not in touched(slow, 52.1, 99.0)
    assert SERVER not in touched(quick, 25.1, 99.0)
    # A task still waits in the queue of the dead when the time-out is short.
    assert (slow.stuck_seconds, quick.stuck_seconds) == (40.0, 20.0)
    assert kept(slow, 51.0, 20.0)
    assert not kept(slow, 52.0, 20.0)


def kept(found: Strikes, at: float, *events: float, workers: tuple[str, ...] | None = ("worker-1.1",)) -> bool:
    return found.kept_waiting(None if workers is None else set(workers), at, at + 3.5, events)


def test_a_worker_that_died_is_handed_tasks_until_the_server_knows() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 11.0))
    assert [at for at in (5.0, 6.0, 7.0, 10.0, 20.0, 22.0, 30.0) if kept(found, at)] == [7.0, 10.0, 20.0]
    assert not kept(found, 12.0, workers=("worker-2.1",))
    assert kept(found, 12.0, workers=None)
    assert found.any_worker(9.0, 10.5)
    assert not found.any_worker(12.5, 99.0)


def test_what_was_kept_keeps_what_comes_after_it() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 11.0))
    assert [at for at in (22.0, 30.0, 31.0, 32.0) if kept(found, at, 20.0)] == [22.0, 30.0, 31.0]
    assert not kept(found, 22.0, 5.0, 21.5)


def test_a_worker_that_stood_still_does_what_it_was_handed_when_it_wakes_up() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 40.0))
    assert kept(found, 40.5)
    assert not kept(found, 42.0)
    assert kept(found, 42.0, 30.0)


def test_what_one_worker_kept_may_go_to_another_that_is_struck_meanwhile() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 11.0), struck("worker", "worker-2.1", 25.0, 26.0))
    assert kept(found, 45.0, 15.0)
    assert not kept(found, 45.0)
    assert not kept(found, 47.0, 15.0)


def test_a_machine_that_stood_still_excuses_everything_meanwhile() -> None:
    samples = tuple(Sample(at, 1, 0, 0) for at in (1.0, 2.0, 9.0, 10.0))
    found = Strikes(Record(RUN, samples=samples))
    assert found.touched([MACHINE], 5.0, 5.0)
    assert not found.touched([MACHINE], 11.1, 99.0)


def test_work_that_waited_for_a_worker_excuses_what_came_late_then() -> None:
    found = Strikes(Record(RUN, samples=tuple(Sample(float(at), 1, 0, 3 if at == 20 else 0) for at in range(40))))
    assert found.touched([MACHINE], 15.0, 15.5)
    assert found.touched([MACHINE], 25.0, 25.5)
    assert not found.touched([MACHINE], 10.0, 13.5)


def test_a_process_that_died_by_itself_is_felt_for_the_rest() -> None:
    found = Strikes(Record(RUN, processes=(ProcessEvent("temporal", 1, "died", 5.0),)))
    assert found.touched([SERVER], 90.0, 91.0)
    assert not found.touched([SERVER], 0.0, 4.9)


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1])))


@given(SPANS, st.integers(0, 60), st.integers(0, 9))
def test_joined_windows_touch_what_any_of_them_does(spans: list[tuple[float, float]], since: int, length: int) -> None:
    naive = any(start <= since + length and end >= since for start, end in spans)
    assert Windows(spans).touch(since, since + length) == naive
