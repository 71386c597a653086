"""The customers who forget fall due when the faults of the plan have gone by."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.plan import HoldPoint, Plan, PlannedFault
from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.seed import Seed
from scenarios.invoices.workload.customers import FORGETS
from scenarios.invoices.workload.quiet import HOLD_SECONDS, OTHER_SECONDS, SERVICE_SECONDS, WORKER_SECONDS, quiet_after

CONFIG = load_config(Path(__file__).parent)


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
@pytest.mark.parametrize("name", claim_names(CONFIG))
def test_some_invoices_of_every_claim_are_reminded_of_when_it_is_quiet(name: str, seed: int) -> None:
    described = load_claim(CONFIG, name).workload(Seed(seed)).describe()
    forgets = [customer for customer in described["customers"] if customer["habit"] == FORGETS]
    assert len(forgets) >= 2
    assert all(not customer["payments"] and customer["cancel_seconds"] is None for customer in forgets)
