"""Every kind of effect of every family is cut in every way by some claim: none stands in no cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import load_config
from harness.experiment.claims import claim_names, load_claim
from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import WAYS
from scenarios.kit.effects import Effects, all_effects, require_apart

CONFIG = load_config(Path(__file__))


def test_every_kind_of_effect_stands_in_every_cell_of_some_claim() -> None:
    checks = [check for name in claim_names(CONFIG) for check in load_claim(CONFIG, name).checks]
    cut = {
        (effect, way)
        for check in checks
        if isinstance(check, CutsCheck)
        for effect in check.effects
        for way in check.ways
    }
    known = {(effect, way) for effects in all_effects() for effect in effects.names for way in WAYS}
    assert known - cut == set()
    assert known


def test_no_two_families_have_one_kind_of_effect() -> None:
    names = [name for effects in all_effects() for name in effects.names]
    assert len(names) == len(set(names))
    one, other = (Effects({("accounting", "book"): ("booking:invoice",)}, lambda *asked: None) for _ in range(2))
    with pytest.raises(ValueError, match=r"^one and other both have the kind of effect 'booking:invoice'; rename one$"):
        require_apart({"one": one, "other": other})
