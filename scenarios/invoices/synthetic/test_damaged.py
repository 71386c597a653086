"""Each damage to the record of an innocent run is seen, by the check that is there for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.judge import judge
from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.synthetic.conftest import Innocent
from scenarios.invoices.synthetic.testing_content_damages import ALL_DAMAGES as OTHER_DAMAGES
from scenarios.invoices.synthetic.testing_instant_damages import INSTANT_DAMAGES

ALL_DAMAGES = {**OTHER_DAMAGES, **INSTANT_DAMAGES}


@pytest.mark.parametrize("name", ALL_DAMAGES)
def test_a_damage_is_seen(name: str, innocent: Innocent) -> None:
    damage, checks = ALL_DAMAGES[name]
    results = judge(damage(innocent.record), [each for each in innocent.claim.checks if each.name in checks])
    assert Verdict.INVALID in {result.verdict for result in results}, [result.summary for result in results]


def test_every_check_that_can_be_broken_has_a_damage(innocent: Innocent) -> None:
    damaged = {check for _, checks in ALL_DAMAGES.values() for check in checks}
    # These two are broken by a claim of their own: a bound that is set, evidence that is missing.
    assert {check.name for check in innocent.claim.checks} - damaged == {"latency", "vacuity"}


def without_felt(record: Record) -> Record:
    first, *others = record.faults
    return replace(record, faults=(replace(first, felt=None), *others))


def with_a_death(record: Record) -> Record:
    first, *others = record.processes
    return replace(record, processes=(replace(first, event="died"), *others))


@pytest.mark.parametrize("damage", [without_felt, with_a_death])
def test_a_run_without_evidence_proves_nothing(damage: object, innocent: Innocent) -> None:
    assert callable(damage)
    results = judge(damage(innocent.record), [each for each in innocent.claim.checks if each.name == "vacuity"])
    assert results[0].verdict is Verdict.UNKNOWN
