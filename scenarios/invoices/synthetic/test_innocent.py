"""No check alarms on a run in which a faultless application met its faults."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.judge.judge import judge
from harness.record.reader import read_record
from harness.verdict import Verdict
from scenarios.invoices.synthetic.claim import claim_on
from scenarios.invoices.synthetic.conftest import Innocent
from scenarios.invoices.synthetic.run import make_run
from scenarios.invoices.workload.customers import HABITS


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_every_check_is_satisfied(seed: int, tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", seed, count=80)
    results = judge(read_record(tmp_path / "run"), claim_on(made).checks)
    assert [(each.check, each.summary) for each in results if each.verdict is not Verdict.VALID] == []


def test_the_run_holds_what_checks_are_about(innocent: Innocent) -> None:
    record = innocent.record
    assert {customer["habit"] for customer in record.input["customers"]} == HABITS.keys()
    assert {execution.state for execution in record.executions} == {"paid", "overdue", "cancelled", "invalid"}
    outcomes = {request.outcome for request in record.world_attempts}
    assert outcomes == {"accepted", "replayed", "refused", "error"}
    kinds = {f"{effect.service}/{effect.operation}" for effect in record.effects}
    assert kinds >= {"smtp/mail", "accounting/book", "payments/settled", "payments/returned", "payments/refund"}
    assert any(facts.states.get("held") for facts in record.facts)
    assert {operation.outcome.value for operation in record.operations} == {"OK", "FAIL"}


def test_a_worker_dies_between_an_effect_and_its_acknowledgement(innocent: Innocent) -> None:
    mails = Counter(effect.key for effect in innocent.record.effects if effect.service == "smtp")
    assert max(mails.values()) == 2
    cut_short = [attempt for attempt in innocent.record.attempts if attempt.ended_seconds is None]
    assert cut_short
    assert len(innocent.record.faults) > 1
    assert all(fault.felt and fault.struck for fault in innocent.record.faults)


def test_the_same_seed_writes_the_same_bytes(innocent: Innocent, tmp_path: Path) -> None:
    make_run(tmp_path / "again", 1, count=150)
    for file in sorted(path for path in innocent.folder.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / file.relative_to(innocent.folder)).read_bytes() == file.read_bytes(), file
