"""What is left to the night or to a turn is never all that tries a fault: each kind is in a claim of every push.

Those are the claims of `make test-full`, and those that `make claims` never leaves out.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from chaos import FAULTS
from harness.claims import load_claim
from harness.config import load_config
from harness.seed import Seed
from scenarios import full

CONFIG = load_config(Path(__file__).parent)


def marks_of(module: str) -> list[set[str]]:
    """The marks of each test of a claim's module that brings up the stack."""
    tests = vars(importlib.import_module(f"{full.__name__}.{module}")).values()
    marks = [{mark.name for mark in getattr(test, "pytestmark", ())} for test in tests]
    return [names for names in marks if "full" in names]


def claims_of_every_push() -> list[str]:
    """The claims on the stack `full` whose tests are not left to the night, and those that are always tried."""
    modules = [module.name for module in pkgutil.iter_modules(full.__path__) if module.name.startswith("test_")]
    every_push = [module for module in modules if not any("nightly" in marks for marks in marks_of(module))]
    return [*(module.removeprefix("test_").replace("_", "-") for module in every_push), *always()]


def always() -> list[str]:
    """The claims that `make claims TURN=...` tries whoever's turn it is."""
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    found = re.search(r"^always := (.+)$", makefile, re.MULTILINE)
    assert found is not None
    return found[1].split()


def test_each_claim_of_the_stack_is_a_test() -> None:
    modules = [module.name for module in pkgutil.iter_modules(full.__path__) if module.name.startswith("test_")]
    assert [module for module in modules if len(marks_of(module)) != 1] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_is_tried_in_every_push(seed: int) -> None:
    claims = [load_claim(CONFIG, name) for name in claims_of_every_push()]
    assert FAULTS.keys() == {fault["kind"] for claim in claims for fault in claim.nemesis(Seed(seed)).describe()}
