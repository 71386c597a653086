"""Every check that any claim uses is shown to fail: by a mutant that declares it, or by what only it objects to.

A check that nothing has ever made fail is not known to check anything. Mutants are tried by `assay mutants`; what is
wrong with a run rather than with the application is planted here, into the record of a run in which nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.application.version import load_mutants
from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.judge.check import Check
from harness.judge.checks.generator import GeneratorCheck
from harness.judge.checks.latency import LatencyCheck
from harness.judge.judge import judge
from harness.record.record import GeneratorRecord, Record
from harness.verdict import Verdict
from scenarios.invoices.synthetic.conftest import Innocent
from scenarios.invoices.synthetic.testing_sabotages import SABOTAGES, Sabotage

CONFIG = load_config(Path(__file__))

ELSEWHERE = {"cuts": "harness/judge/checks/test_cuts.py"}
"""Check → the tests that break it: its matrix is of no use to any run but one that is planned for it."""

PLANTED = [(check, sabotage) for check, sabotages in SABOTAGES.items() for sabotage in sabotages]


def checks_in_use() -> set[str]:
    """The names of all checks of all claims."""
    return {check.name for name in claim_names(CONFIG) for check in load_claim(CONFIG, name).checks}


def test_every_check_of_every_claim_is_shown_to_fail() -> None:
    shown = {mutant.caught_by for mutant in load_mutants(CONFIG)} | SABOTAGES.keys()
    shown |= {check for check, tests in ELSEWHERE.items() if "def test_" in (CONFIG.root / tests).read_text()}
    assert checks_in_use() - shown == set()


def test_no_mutant_and_no_sabotage_names_a_check_that_nothing_uses() -> None:
    named = {mutant.caught_by for mutant in load_mutants(CONFIG)} | SABOTAGES.keys() | ELSEWHERE.keys()
    assert named - checks_in_use() == set()


def loaded(record: Record) -> Record:
    """The record of a run whose load a generator made, and made in time."""
    return replace(record, generators=(GeneratorRecord("locust", "VALID", 100, 100, 0),))


def checks_of(innocent: Innocent) -> Sequence[Check]:
    """All checks of the claim, with those of a claim under load."""
    others = [check for check in innocent.claim.checks if check.name != "latency"]
    return [*others, LatencyCheck({"process": 5.0}), GeneratorCheck()]


def test_without_a_sabotage_nobody_objects(innocent: Innocent) -> None:
    results = judge(loaded(innocent.record), checks_of(innocent))
    assert [(each.check, each.summary) for each in results if each.verdict is not Verdict.VALID] == []


@pytest.mark.parametrize(("check", "sabotage"), PLANTED, ids=[sabotage.__name__ for _, sabotage in PLANTED])
def test_what_only_this_check_objects_to(check: str, sabotage: Sabotage, innocent: Innocent) -> None:
    results = judge(sabotage(loaded(innocent.record)), checks_of(innocent))
    assert {each.check: each.summary for each in results if each.verdict is not Verdict.VALID}.keys() == {check}
