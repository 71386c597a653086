"""Whatever is done to its workers, an innocent application is never called guilty: every fault over every shape."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from harness.foreign.testing_shapes import SHAPES
from harness.foreign.testing_shop import run

FAULTS = {
    "pause": 'PlannedFault("pause", "worker-pause", {"paused_seconds": 6.0}, after_seconds=1.0)',
    "kill": 'PlannedFault("kill", "worker-kill", {"down_seconds": 2.0}, after_seconds=1.0)',
    "kill all": 'PlannedFault("all", "worker-kill-all", {"down_seconds": 2.0}, after_seconds=1.0)',
    "drain": 'PlannedFault("drain", "worker-drain", {"down_seconds": 2.0}, after_seconds=1.0)',
    "kill and drain": (
        'PlannedFault("kill", "worker-kill", {"down_seconds": 2.0}, after_seconds=1.0), '
        'PlannedFault("drain", "worker-drain", {"down_seconds": 2.0}, after_seconds=1.5)'
    ),
}
RUNS = [(seed, shape, fault) for seed, (shape, fault) in enumerate(itertools.product(SHAPES, FAULTS), 1)]
INVALID = 1


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("seed", "shape", "fault"), [(n, *each) for n, each in enumerate(itertools.product(SHAPES, FAULTS), 1)]
)
def test_no_fault_is_a_false_alarm(seed: int, shape: str, fault: str, tmp_path: Path) -> None:
    ran = run(replace(SHAPES[shape], fault=FAULTS[fault]).write(tmp_path), seed=seed)

    # Whether enough was felt to prove anything is another question, which the claim's evidence answers.
    assert ran.code != INVALID, ran.output
    assert set(ran.checks.values()) <= {"VALID", "UNKNOWN"}
    assert ran.checks["liveness"] == "VALID"
