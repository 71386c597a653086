"""A fault that no claim uses is not known to break anything: every registered kind stands in some claim's plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos import FAULTS
from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.seed import Seed

CONFIG = load_config(Path(__file__).parent)


def kinds_tried(seed: int) -> set[str]:
    """The kinds of all faults that all claims plan on this seed."""
    claims = [load_claim(CONFIG, name) for name in claim_names(CONFIG)]
    return {fault["kind"] for claim in claims for fault in claim.nemesis(Seed(seed)).describe()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_is_tried_by_some_claim(seed: int) -> None:
    assert FAULTS.keys() == kinds_tried(seed)
