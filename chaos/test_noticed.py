"""What counts as noticed, on journals written by hand: nothing, failures, slowness, silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chaos.noticed import NOTICED_WITHIN_SECONDS, failures, silence, slowed, waited
from harness.experiment.workload import NOT_ASKED_YET

Lines = list[dict[str, Any]]


def operation(number: int, begin: float, end: float | None, **told: Any) -> Lines:
    identity = {"operation_id": f"process/{number}"}
    lines = [{"kind": "invoke", "at_seconds": begin, "name": "process", **identity}]
    returned = {"outcome": "OK", "detail": {}, **told}
    return lines + ([{"kind": "return", "at_seconds": end, **identity, **returned}] if end is not None else [])


def attempt(number: int, begin: float, end: float | None, outcome: str = "completed") -> Lines:
    identity = {
        "worker": "worker-1",
        "pid": 1,
        "activity": "book_invoice",
        "workflow_id": f"invoice-{number}",
        "run_id": f"r{number}",
        "activity_id": "1",
        "attempt": 1,
    }
    lines = [{"kind": "attempt-start", "at_seconds": begin, **identity}]
    ended = {"kind": "attempt-end", "at_seconds": end, "outcome": outcome, "error": None, **identity}
    return lines + ([ended] if end is not None else [])


def together(parts: Iterable[Lines]) -> Lines:
    return sorted((line for part in parts for line in part), key=lambda line: line["at_seconds"])


BEFORE = together(operation(n, n, n + 0.1) for n in range(5)) + together(attempt(n, n, n + 0.1) for n in range(5))


def test_nothing_is_noticed_where_nothing_happens() -> None:
    assert not any(failures([], 5.0, 8.0).values())
    assert slowed([], 5.0, 8.0, now_seconds=8.0) == []
    assert silence([], 5.0, 8.0) == []
    # Work that went on as before.
    during = together(operation(n, n, n + 0.11) for n in range(5, 9)) + together(
        attempt(n, n, n + 0.11) for n in range(5, 9)
    )
    assert slowed(BEFORE + during, 5.0, 8.0, now_seconds=9.0) == []
    assert silence(BEFORE + during, 5.0, 9.0) == []


def test_failures_count_during_the_fault_and_a_little_after() -> None:
    lines = [
        *operation(1, 5.0, 6.0, outcome="UNKNOWN"),
        *operation(2, 1.0, 2.0, outcome="UNKNOWN"),
        *attempt(3, 7.0, 8.0 + NOTICED_WITHIN_SECONDS, "failed"),
        *attempt(4, 7.0, 8.1 + NOTICED_WITHIN_SECONDS, "failed"),
        {"kind": "webhook-try", "at_seconds": 7.0, "status": None},
        {"kind": "webhook-try", "at_seconds": 7.0, "status": 200},
    ]
    assert failures(lines, 5.0, 8.0) == {"operations UNKNOWN": 1, "attempts failed": 1, "webhooks unanswered": 1}


def test_what_takes_twice_as_long_is_slow() -> None:
    during = together(operation(n, 5.0 + n / 10, 7.0 + n / 10) for n in range(5, 8))
    assert slowed(BEFORE + during, 5.0, 8.0, now_seconds=8.0) == [
        "operation process took 2.00 s in the middle, 0.10 s before"
    ]


def test_what_has_not_ended_counts_until_now() -> None:
    during = together(attempt(n, 5.5, None) for n in range(5, 8))
    assert slowed(BEFORE + during, 5.0, 8.0, now_seconds=8.0) == [
        "activity book_invoice took 2.50 s in the middle, 0.10 s before"
    ]


def test_an_attempt_that_died_with_its_worker_does_not_last_until_now() -> None:
    cut = together(attempt(n, 6.0, None) for n in range(5, 8))
    assert slowed(BEFORE + cut, 5.0, 8.0, now_seconds=60.0) != []
    died: Lines = [{"kind": "process", "name": "worker-1", "pid": 1, "event": "killed", "at_seconds": 6.1}]
    assert slowed(BEFORE + cut + died, 5.0, 8.0, now_seconds=60.0) == []


def test_one_slow_call_among_many_is_no_evidence() -> None:
    during = together(operation(n, 5.0, 5.1) for n in range(5, 9)) + operation(9, 5.0, 8.0)
    assert slowed(BEFORE + during, 5.0, 8.0, now_seconds=8.0) == []


def test_what_an_earlier_fault_slowed_is_not_the_usual() -> None:
    earlier: Lines = [
        {"kind": "fault", "fault_id": "earlier", "event": "injected", "at_seconds": 5.0},
        {"kind": "fault", "fault_id": "earlier", "event": "healed", "at_seconds": 8.0},
    ]
    slow = together(operation(n, 5.1, 7.0) for n in range(5, 15))
    during = together(operation(n, 20.0, 22.0) for n in range(15, 18))
    assert slowed(together([BEFORE, slow, during]), 19.0, 23.0, now_seconds=23.0) == []
    assert slowed(together([BEFORE, slow, during, earlier]), 19.0, 23.0, now_seconds=23.0) == [
        "operation process took 2.00 s in the middle, 0.10 s before"
    ]


def test_without_enough_to_compare_with_nothing_is_slow() -> None:
    during = together(operation(n, 5.0, 8.0) for n in range(5, 8))
    assert slowed(operation(1, 1.0, 1.1) + during, 5.0, 8.0, now_seconds=8.0) == []


def test_an_operation_that_was_never_made_has_no_duration() -> None:
    skipped = together(operation(n, n, n, detail={"skipped": "needs another"}) for n in range(5))
    during = together(operation(n, 5.0, 8.0) for n in range(5, 8))
    assert slowed(skipped + during, 5.0, 8.0, now_seconds=8.0) == []


def test_a_pause_much_longer_than_any_before_is_silence() -> None:
    later = attempt(9, 7.5, 7.6)
    assert silence(BEFORE + later, 5.0, 7.7) == ["no activity began for 3.50 s, at most 1.00 s before"]
    assert silence(BEFORE, 5.0, 7.7) == ["no activity began for 3.70 s, at most 1.00 s before"]


def test_that_no_more_work_comes_is_no_silence() -> None:
    assert silence(BEFORE, 5.0, None) == []


def test_a_pause_that_an_earlier_fault_made_is_not_the_usual_one() -> None:
    def fault(event: str, at: float) -> Lines:
        return [{"kind": "fault", "fault_id": "earlier", "event": event, "at_seconds": at}]

    earlier = together([fault("injected", 5.0), fault("healed", 9.0)])
    after = together(attempt(n, n, n + 0.1) for n in range(15, 20))
    lines = together([BEFORE, after])
    assert silence(lines, 19.5, 24.0) == [], "the pause from 4 to 15 is twice as long"
    assert silence(together([lines, earlier]), 19.5, 24.0) == ["no activity began for 5.00 s, at most 1.00 s before"]
    unhealed = together([lines, fault("injected", 5.0)])
    assert silence(unhealed, 19.5, 24.0) == ["no activity began for 5.00 s, at most 1.00 s before"]
    # This fault's own record is written once it is there.
    own = together([lines, earlier, fault("injected", 19.6)])
    assert silence(own, 19.5, 24.0) == ["no activity began for 5.00 s, at most 1.00 s before"]


def test_the_pause_before_the_work_is_not_the_usual_one() -> None:
    work = [{"kind": "phase", "name": "work", "event": "entered", "at_seconds": 9.0}]
    after = together(attempt(n, n, n + 0.1) for n in range(10, 13))
    lines = together([BEFORE, after])
    assert silence(lines, 12.5, 17.0) == []
    assert silence(together([lines, work]), 12.5, 17.0) == ["no activity began for 5.00 s, at most 1.00 s before"]


def test_an_operation_that_has_not_asked_anybody_has_noticed_nothing() -> None:
    unasked = operation(1, 5.0, 5.1, outcome="UNKNOWN", detail={NOT_ASKED_YET: "the payment is pending"})
    assert failures(unasked, 4.0, 6.0)["operations UNKNOWN"] == 0
    assert waited(unasked, 4.0, 8.0) == 0
    # From here on it asks.
    asking = unasked + operation(1, 5.5, None)
    assert waited(asking, 4.0, 8.0) == 1


def test_what_was_open_at_the_heal_for_long_has_waited() -> None:
    assert waited(operation(1, 4.0, 9.0), 5.0, 8.0) == 1
    assert waited(operation(1, 4.0, None), 5.0, 8.0) == 1
    assert waited(operation(1, 4.0, 7.9), 5.0, 8.0) == 0, "it did not need the heal"
    assert waited(operation(1, 7.5, 8.5), 5.0, 8.0) == 0, "it has just begun"
    usual = together(operation(n, 0.0, 3.0) for n in range(5))
    assert waited(usual + operation(9, 4.0, 9.0), 5.0, 8.0) == 0, "it always takes that long"
