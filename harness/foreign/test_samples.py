"""Applications in the shapes of public samples keep their promises, and with one change each breaks one by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.foreign import testing_converted, testing_signals, testing_transfer, testing_window
from harness.foreign.testing_shop import run

SAMPLES = {
    "money transfer": testing_transfer.SAMPLE,
    "signals and updates": testing_signals.SAMPLE,
    "a window of children": testing_window.SAMPLE,
    "a converter and a class": testing_converted.SAMPLE,
}
SEEDS = 20
VALID, INVALID = 0, 1


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_as_it_is_it_is_valid(name: str, tmp_path: Path) -> None:
    ran = run(SAMPLES[name].shop.write(tmp_path))

    assert ran.code == VALID, ran.output
    assert set(ran.checks.values()) == {"VALID"}


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_with_one_change_it_is_invalid_and_the_finding_names_the_cause(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    ran = run(sample.broken.write(tmp_path))

    assert ran.code == INVALID, ran.output
    assert ran.checks[sample.check] == "INVALID"
    assert sample.told in ran.findings


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, SEEDS + 1))
@pytest.mark.parametrize("name", SAMPLES)
def test_as_it_is_it_is_valid_on_many_seeds(name: str, seed: int, tmp_path: Path) -> None:
    ran = run(SAMPLES[name].shop.write(tmp_path), seed=seed)

    assert ran.code == VALID, ran.output
