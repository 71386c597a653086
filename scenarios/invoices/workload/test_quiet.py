"""The customers who forget fall due when the faults of the plan have gone by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault
from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.experiment.workload import drive
from harness.seed import Seed
from scenarios.invoices.workload.customers import CLOSES_AFTER_SECONDS, FORGETFUL, FORGETS
from scenarios.invoices.workload.quiet import (
    HOLD_SECONDS,
    LENGTHS,
    OTHER_SECONDS,
    SERVICE_SECONDS,
    WORKER_SECONDS,
    quiet_after,
)

MARGIN_SECONDS = 8.0
"""What a slow machine takes to close an invoice."""
CONFIG = load_config(Path(__file__).parent)
FOLDER = Path(__file__).parents[1]
OF_INVOICES = [name for name in claim_names(CONFIG) if [*FOLDER.rglob(f"test_{name.replace('-', '_')}.py")]]


def test_it_is_quiet_when_the_last_fault_has_gone_by() -> None:
    hold = HoldPoint("smtp", "mail", 3, "after_commit")
    dead = PlannedFault("a", "worker-kill", {"down_seconds": 2.0}, hold=hold)
    paused = PlannedFault("b", "worker-pause", {"slot": 1, "paused_seconds": 20.0}, after_seconds=1.0)
    refusing = PlannedFault("c", "service-errors", {"service": "smtp", "for_seconds": 30.0}, after_seconds=2.0)
    server = PlannedFault("d", "process-kill", {"process": "temporal", "down_seconds": 3.0}, after_seconds=11.0)
    assert quiet_after(Plan(())) == 0.0
    assert quiet_after(Plan((dead,))) == HOLD_SECONDS + WORKER_SECONDS
    assert quiet_after(Plan((dead, paused))) == 21.0
    assert quiet_after(Plan((dead, paused, refusing))) == 32.0 + SERVICE_SECONDS
    assert quiet_after(Plan((dead, paused, refusing, server))) == 32.0 + SERVICE_SECONDS
    assert quiet_after(Plan((server,))) == 14.0 + OTHER_SECONDS


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("name", OF_INVOICES)
def test_some_invoices_of_every_claim_are_reminded_of_when_it_is_quiet(name: str, seed: int) -> None:
    described = load_claim(CONFIG, name).workload(Seed(seed)).describe()
    forgets = [customer for customer in described["customers"] if customer["habit"] == FORGETS]
    assert len(forgets) >= 2
    assert all(not customer["payments"] and customer["cancel_seconds"] is None for customer in forgets)


def ends(fault: Mapping[str, Any]) -> float:
    """When it is over, at the earliest, after work began."""
    lasts = sum(float(fault["parameters"].get(name, 0.0)) for name in LENGTHS)
    return float(fault.get("after_seconds") or 0.0) + lasts


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("name", OF_INVOICES)
def test_what_is_forgotten_closes_within_the_time_that_everything_has_to_end(name: str, seed: int) -> None:
    claim = load_claim(CONFIG, name)
    workload = claim.workload(Seed(seed))
    faults = claim.nemesis(Seed(seed)).describe()
    # Where work is needed only for the cuts, it may end at any time; else with the last operation and the last fault.
    works_seconds = 0.0
    if claim.drive is drive or not any(fault.get("cut") for fault in faults):
        works_seconds = max(operation.after_seconds for operation in workload.operations())
        works_seconds = max([works_seconds, *(ends(fault) for fault in faults)])
    for customer in workload.describe()["customers"]:
        if customer["habit"] in FORGETFUL:
            closes = customer["due_seconds"] + CLOSES_AFTER_SECONDS + MARGIN_SECONDS
            assert closes <= max(works_seconds, customer["start_seconds"]) + claim.settle_seconds, customer[
                "invoice_id"
            ]
