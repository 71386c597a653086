"""A fault excuses what it struck, and only as long as that can be felt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.record import FaultRecord, ProcessEvent, Record, Sample
from scenarios.checks.strikes import (
    ACCOUNTING,
    API,
    BACK_OFF_SECONDS,
    BOOKS,
    PROVIDER,
    RECONNECT_SECONDS,
    SERVER,
    SMTP,
    STICKY_SECONDS,
    TASK_SECONDS,
    Strikes,
    Windows,
)
from scenarios.checks.testing_records import RUN, struck

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
    assert SERVER in touched(server, 12.0 + RECONNECT_SECONDS, 99.0)
    assert SERVER not in touched(server, 12.1 + RECONNECT_SECONDS, 99.0)
    assert touched(strikes(struck("service", "smtp", 10.0, None)), 9999.0, 9999.0) == {SMTP}


def test_a_worker_that_died_is_felt_until_its_queue_is_given_up() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 11.0))
    assert found.workers(["worker-1.1"], 10.0 + STICKY_SECONDS, 99.0)
    assert not found.workers(["worker-1.1"], 10.1 + STICKY_SECONDS, 99.0)
    assert not found.workers(["worker-2.1"], 0.0, 99.0)
    assert found.any_worker(0.0, 99.0)
    paused = strikes(struck("worker", "worker-1.1", 10.0, 40.0))
    assert paused.workers(["worker-1.1"], 40.0 + TASK_SECONDS, 99.0)


def test_what_one_worker_lost_may_go_to_another_that_is_struck_meanwhile() -> None:
    found = strikes(struck("worker", "worker-1.1", 10.0, 11.0), struck("worker", "worker-2.1", 25.0, 26.0))
    assert found.workers(["worker-1.1"], 40.0, 41.0)
    assert not found.workers(["worker-1.1"], 46.0, 47.0)


def test_a_machine_that_stood_still_excuses_everything_meanwhile() -> None:
    samples = tuple(Sample(at, 1, 0, 0) for at in (1.0, 2.0, 9.0, 10.0))
    found = Strikes(Record(RUN, samples=samples))
    assert found.touched([SERVER], 5.0, 5.0)
    assert not found.touched([SERVER], 1.1, 1.9)


def test_a_process_that_died_by_itself_is_felt_for_the_rest() -> None:
    found = Strikes(Record(RUN, processes=(ProcessEvent("temporal", 1, "died", 5.0),)))
    assert found.touched([SERVER], 90.0, 91.0)
    assert not found.touched([SERVER], 0.0, 4.9)


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1])))


@given(SPANS, st.integers(0, 60), st.integers(0, 9))
def test_joined_windows_touch_what_any_of_them_does(spans: list[tuple[float, float]], since: int, length: int) -> None:
    naive = any(start <= since + length and end >= since for start, end in spans)
    assert Windows(spans).touch(since, since + length) == naive
