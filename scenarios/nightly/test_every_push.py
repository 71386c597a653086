"""What is left to the night is never all that tries a fault: each kind is in a claim of the gate.

Those are the claims of `make test-full` and `make test-docker`, and those that `make claims` never leaves out. All
kinds but two are in one that every push tries; the two have their turn on every second.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from chaos import FAULTS
from harness.config import load_config
from harness.experiment.claims import load_claim
from harness.seed import Seed
from scenarios.invoices import compose, full

CONFIG = load_config(Path(__file__).parent)


STACKS = {full: "full", compose: "docker"}
"""The packages of claims that need another stack than `dev`, and the mark of their tests."""


def modules_of(package: ModuleType) -> list[str]:
    """The modules of its claims."""
    return [module.name for module in pkgutil.iter_modules(package.__path__) if module.name.startswith("test_")]


def marks_of(package: ModuleType, module: str) -> list[set[str]]:
    """The marks of each test of a claim's module that brings up the stack."""
    tests = vars(importlib.import_module(f"{package.__name__}.{module}")).values()
    marks = [{mark.name for mark in getattr(test, "pytestmark", ())} for test in tests]
    return [names for names in marks if STACKS[package] in names]


def kinds_of(marked: Callable[[set[str]], bool], seed: int) -> set[str]:
    """The kinds of fault that are tried by the claims on other stacks than `dev` whose test is marked so."""
    every = [(package, module) for package in STACKS for module in modules_of(package)]
    chosen = [module for package, module in every if all(map(marked, marks_of(package, module)))]
    return planned([module.removeprefix("test_").replace("_", "-") for module in chosen], seed)


def always() -> list[str]:
    """The claims that `make claims TURN=...` tries whoever's turn it is."""
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    found = re.search(r"^always := (.+)$", makefile, re.MULTILINE)
    assert found is not None
    return found[1].split()


def planned(claims: list[str], seed: int) -> set[str]:
    """The kinds of fault in their plans."""
    plans = [load_claim(CONFIG, name).nemesis(Seed(seed)).describe() for name in claims]
    return {fault["kind"] for plan in plans for fault in plan}


def test_each_claim_of_the_stack_is_a_test() -> None:
    every = [(package, module) for package in STACKS for module in modules_of(package)]
    assert [module for package, module in every if len(marks_of(package, module)) != 1] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_is_tried_in_every_push_but_two_in_every_second(seed: int) -> None:
    of_the_gate = kinds_of(lambda marks: "nightly" not in marks, seed) | planned(always(), seed)
    of_every_push = kinds_of(lambda marks: bool(marks & {"always", "docker"}), seed) | planned(always(), seed)
    assert of_the_gate == FAULTS.keys()
    assert of_the_gate - of_every_push == {"service-slow", "worker-drain"}
