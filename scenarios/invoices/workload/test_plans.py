"""The same claim and seed give the same plan and the same operations, byte for byte; another seed gives others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.seed import Seed

CONFIG = load_config(Path(__file__).parent)


def plan_bytes(name: str, seed: int) -> bytes:
    claim = load_claim(CONFIG, name)
    workload, nemesis = claim.workload(Seed(seed)), claim.nemesis(Seed(seed))
    operations = [
        (operation.operation_id, operation.after_seconds, operation.needs) for operation in workload.operations()
    ]
    whole = {"faults": list(nemesis.describe()), "workload": workload.describe(), "operations": operations}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", claim_names(CONFIG))
def test_a_seed_is_a_plan(name: str) -> None:
    assert plan_bytes(name, 7) == plan_bytes(name, 7)
    assert plan_bytes(name, 7) != plan_bytes(name, 8)


@pytest.mark.parametrize("name", claim_names(CONFIG))
def test_every_claim_needs_faults_that_landed_and_were_felt(name: str) -> None:
    claim = load_claim(CONFIG, name)
    faults = claim.nemesis(Seed(1)).describe()
    assert 0 < claim.evidence.faults_felt <= claim.evidence.faults_landed <= len(faults)
    assert claim.evidence.operations_ok > 0
