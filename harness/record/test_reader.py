"""Journal lines become a record; what ended too early says so."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.record.history_facts import FailedActivity, LostTask, RetriedAfter
from harness.record.journal import FileJournal
from harness.record.operation_reader import operations_of
from harness.record.reader import attempts_of, read_record
from harness.record.record import NOT_ASKED_YET, Outcome, RunInfo, Strike, Try

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
ATTEMPT = {"worker": "w", "activity": "book", "workflow_id": "invoice-A", "run_id": "r", "activity_id": "5"}


def run_folder(folder: Path) -> FileJournal:
    (folder / "run.json").write_text(json.dumps(asdict(RUN)))
    return FileJournal(folder / "journal" / "harness.jsonl", "harness")


def invoke(repetition: int, at: float = 1.0) -> dict[str, Any]:
    operation = {"operation_id": "pay/A", "name": "pay", "subject": "A", "intended_seconds": 0.5}
    return {**operation, "repetition": repetition, "at_seconds": at}


def returned(repetition: int, outcome: str) -> dict[str, Any]:
    return {"operation_id": "pay/A", "outcome": outcome, "repetition": repetition, "detail": {}, "at_seconds": 2.0}


def test_an_operation_without_a_return_is_unknown() -> None:
    (operation,) = operations_of([invoke(1)], [])
    assert (operation.outcome, operation.returned_seconds) == (Outcome.UNKNOWN, None)


def test_the_last_return_decides_and_repetitions_are_counted() -> None:
    (operation,) = operations_of([invoke(1), invoke(2, 1.5)], [returned(1, "UNKNOWN"), returned(2, "OK")])
    assert (operation.outcome, operation.repetitions, operation.invoked_seconds) == (Outcome.OK, 2, 1.0)


def test_a_last_try_that_never_returned_leaves_the_operation_unknown() -> None:
    (operation,) = operations_of([invoke(1), invoke(2)], [returned(1, "FAIL")])
    assert operation.outcome is Outcome.UNKNOWN


def test_every_try_of_an_operation_is_kept_with_its_answer() -> None:
    waited = {**returned(1, "UNKNOWN"), "detail": {NOT_ASKED_YET: "a payment is pending"}}
    busy = {**returned(2, "UNKNOWN"), "status": 503, "at_seconds": 2.5}
    (operation,) = operations_of([invoke(1), invoke(2, 2.2), invoke(3, 3.0)], [waited, busy])
    assert operation.tries == (
        Try(1, 1.0, 2.0, Outcome.UNKNOWN, asked=False),
        Try(2, 2.2, 2.5, Outcome.UNKNOWN, 503),
        Try(3, 3.0, None, Outcome.UNKNOWN),
    )


def test_an_attempt_without_an_end_was_cut_short() -> None:
    start = {"kind": "attempt-start", "pid": 7, "attempt": 1, "at_seconds": 1.0, **ATTEMPT}
    end = {"kind": "attempt-end", "attempt": 1, "at_seconds": 2.0, "outcome": "completed", "error": None, **ATTEMPT}
    assert attempts_of([start])[0].ended_seconds is None
    assert attempts_of([start, end])[0].outcome == "completed"


def test_faults_keep_their_evidence(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    words = ("worker was killed", "workers were killed")
    journal.write("fault-planned", fault_id="f1", fault="worker-kill", description="kill", words=words)
    for event, evidence in (("injected", ""), ("landed", "gone"), ("healed", ""), ("felt", "held book")):
        until = 9.0 if event == "healed" else None
        strike = {"kind": "link", "name": "a-b", "since_seconds": 1.0, "until_seconds": until, "ends": ["a", "b"]}
        struck = {"struck": [strike]} if event in ("landed", "healed") else {}
        journal.write("fault", fault_id="f1", event=event, evidence=evidence, **struck)
    (fault,) = read_record(tmp_path).faults
    assert fault.struck == (Strike("link", "a-b", 1.0, 9.0, ("a", "b")),)
    assert (fault.landed, fault.felt, fault.error, fault.words) == ("gone", "held book", None, words)
    assert fault.injected_seconds is not None
    assert fault.healed_seconds is not None


def test_a_fault_that_took_time_to_land_began_when_it_may_have_struck(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    journal.write("fault-planned", fault_id="f1", fault="namespace-rate-limit", description="limit")
    journal.write("fault", fault_id="f1", event="injected", evidence="", since_seconds=1.5)
    (fault,) = read_record(tmp_path).faults
    assert fault.injected_seconds == 1.5


def test_a_world_that_never_replied_is_unanswered(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    journal.write("world-attempt", attempt_id="a1", service="smtp", operation="mail", key="k", reference="A")
    assert [attempt.outcome for attempt in read_record(tmp_path).world_attempts] == ["unanswered"]


def test_a_run_that_was_cut_off_says_so(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    journal.write("phase", name="bring-up", event="entered")
    journal.write("phase", name="bring-up", event="left")
    journal.write("phase", name="work", event="entered")
    assert "before its final reads (last phase left: bring-up)" in str(read_record(tmp_path).interrupted)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a run directory"):
        read_record(tmp_path)


def test_what_an_error_said_of_another_attempt_is_kept() -> None:
    start = {"kind": "attempt-start", "pid": 7, "attempt": 1, "at_seconds": 1.0, **ATTEMPT}
    told = {"error": "E: no", "error_type": "E", "retryable": False, "next_retry_delay_seconds": 2.5}
    end = {"kind": "attempt-end", "attempt": 1, "at_seconds": 2.0, "outcome": "failed", **told, **ATTEMPT}
    (attempt,) = attempts_of([start, end])
    assert (attempt.error_type, attempt.retryable, attempt.next_retry_delay_seconds) == ("E", False, 2.5)


def test_facts_replays_and_resumptions_are_read(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    ids = {"workflow_id": "invoice-A", "run_id": "r"}
    failed = {"activity": "send", "activity_id": "3", "attempt": 5, "retry_state": "MAXIMUM_ATTEMPTS_REACHED"}
    again = {"activity_id": "3", "attempt": 4, "failure": "timeout"}
    journal.write(
        "history-facts",
        **ids,
        states={"held": 1},
        open_activities=["send"],
        cancelled_activities=["9"],
        failed_activities=[failed],
        retried_after=[again],
        failed_on=["worker-2.1"],
        lost_tasks=[{"worker": "worker-1.1", "started": True}],
        workflow_task_timeout_seconds=7.0,
        subject="A",
    )
    journal.write("replay-started", file="f", **ids)
    journal.write("replayed", file="f", outcome="ok", message="", tasks_completed=3, **ids)
    journal.write("resumed", workflow_id="invoice-A", subject="A")
    record = read_record(tmp_path)
    assert record.facts[0].failed_activities == (FailedActivity("send", "3", 5, "MAXIMUM_ATTEMPTS_REACHED"),)
    assert record.facts[0].retried_after == (RetriedAfter("3", 4, "timeout"),)
    assert (record.facts[0].open_activities, record.facts[0].cancelled_activities) == (("send",), ("9",))
    assert (record.facts[0].failed_on, record.facts[0].lost_tasks) == (("worker-2.1",), (LostTask("worker-1.1", True),))
    assert (record.workflow_task_timeout_seconds, record.facts[0].subject, record.resumed[0].subject) == (7.0, "A", "A")
    assert [(replayed.outcome, replayed.tasks_completed) for replayed in record.replays] == [("ok", 3)]
    assert [resumption.workflow_id for resumption in record.resumed] == ["invoice-A"]


def test_a_policy_of_an_older_record_has_no_final_error_types(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    numbers = {name: 1.0 for name in ("initial_interval_seconds", "backoff_coefficient", "maximum_interval_seconds")}
    timeouts = {"heartbeat_timeout_seconds": 5.0, "start_to_close_timeout_seconds": 300.0}
    policy = {"activity": "send", "maximum_attempts": 5, **numbers, **timeouts}
    journal.write("policy", **policy)
    journal.write("policy", **policy, non_retryable_error_types=["Refused"])
    old, new = read_record(tmp_path).policies
    assert (old.non_retryable_error_types, new.non_retryable_error_types) == ((), ("Refused",))


def test_what_the_application_showed_in_the_end_is_read(tmp_path: Path) -> None:
    run_folder(tmp_path).write("shown", subject="INV-1", detail={"status": "paid"})
    assert read_record(tmp_path).shown == {"INV-1": {"status": "paid"}}


def test_what_a_webhook_was_answered_is_read_and_older_records_have_none(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    told = {"subject": "PAY-1", "reference": "A", "delivery": 1, "number": 1, "status": 200, "sent_seconds": 1.0}
    journal.write("webhook-try", **told)
    journal.write("webhook-try", **told, answer={"outstanding": "0.00"})
    assert [each.answer for each in read_record(tmp_path).webhooks] == [None, {"outstanding": "0.00"}]


def test_an_answer_to_a_webhook_that_is_no_object_is_refused(tmp_path: Path) -> None:
    journal = run_folder(tmp_path)
    told = {"subject": "PAY-1", "reference": "A", "delivery": 1, "number": 1, "status": 200, "sent_seconds": 1.0}
    journal.write("webhook-try", **told, answer="0.00")
    with pytest.raises(UsageError, match=r"answer is '0\.00'"):
        read_record(tmp_path)
