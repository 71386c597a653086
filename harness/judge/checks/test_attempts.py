"""Requests find the attempts that were open for them, however many there are; an attempt is over when its worker is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.judge.checks.attempts import attempts_by_request, death_of, over_at, services_by_activity
from harness.record.record import Attempt, Phase, ProcessEvent, Record, WorldAttempt
from harness.record.testing_records import BEGAN, attempt, run_info

INSTANTS = st.integers(0, 12).map(float)


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    began = draw(INSTANTS)
    lasted = draw(st.none() | INSTANTS)
    subject, worker = draw(st.sampled_from("AB")), draw(st.sampled_from(["worker-1", "worker-2"]))
    return attempt(f"invoice-{subject}", began, None if lasted is None else began + lasted, worker=worker)


@st.composite
def requests(draw: st.DrawFn) -> WorldAttempt:
    at, reference = BEGAN + draw(INSTANTS), draw(st.sampled_from("ABC"))
    return WorldAttempt("w", "smtp", "mail", "k", reference, at, "accepted")


@given(st.lists(attempts()), st.lists(requests()))
def test_a_request_is_asked_by_what_was_open_for_its_reference(tried: list[Attempt], asked: list[WorldAttempt]) -> None:
    died = ProcessEvent("worker-2", 1, "killed", BEGAN + 6.0)
    record = Record(run_info(), attempts=tuple(tried), world_attempts=tuple(asked), processes=(died,))

    def open_for(request: WorldAttempt) -> list[Attempt]:
        return [
            each
            for each in tried
            if each.subject == request.reference and each.started_seconds <= request.at_seconds
            if (over := over_at(record, each)) is None or request.at_seconds <= over
        ]

    found = list(attempts_by_request(record))
    assert len(found) == len(asked)
    for request, asking in found:
        assert sorted(map(repr, asking)) == sorted(map(repr, open_for(request)))


def test_an_attempt_is_over_with_its_report_or_with_its_worker() -> None:
    cut, done = attempt("invoice-A", 1.0, None), attempt("invoice-A", 1.0, 2.0)
    died = ProcessEvent("worker-1", 1, "died", BEGAN + 5.0)
    record = Record(run_info(), processes=(died,))
    assert (over_at(record, cut), over_at(record, done)) == (BEGAN + 5.0, BEGAN + 2.0)
    assert over_at(Record(run_info()), cut) is None
    another = Record(run_info(), processes=(ProcessEvent("worker-1", 2, "died", BEGAN + 5.0),))
    assert death_of(another, cut) is None
    read = Record(run_info(), processes=(died,), phases=(Phase("final-reads", BEGAN, BEGAN + 4.0),))
    assert death_of(read, cut) is None


def test_an_activity_uses_what_its_attempts_asked_while_they_were_alone() -> None:
    tried = (attempt("invoice-A", 0.0, 1.0), attempt("invoice-A", 0.5, 2.0, activity="book"))
    asked = [WorldAttempt("w", "smtp", "mail", "k", "A", BEGAN + at, "error") for at in (0.2, 0.7)]
    ledger = WorldAttempt("w", "accounting", "book", "k", "A", BEGAN + 1.5, "accepted")
    record = Record(run_info(), attempts=tried, world_attempts=(*asked, ledger))
    assert services_by_activity(record) == {"send": {"smtp"}, "book": {"accounting"}}
