"""Finds claims by name: ``worker-killed`` is ``CLAIM`` in ``scenarios/test_worker_killed.py``.

A claim that is made for one stack lies in a folder of that name: ``scenarios/full/test_links_break.py``. Folders that
are called otherwise hold no claims.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from harness.bring_up import STACKS
from harness.claim import Claim
from harness.config import ProjectConfig
from harness.errors import UsageError

PREFIX = "test_"


def claim_names(config: ProjectConfig) -> list[str]:
    """The names of all claims of the project, in alphabetical order.

    :raises UsageError: the package cannot be imported, or two claims have one name.
    """
    return sorted(_modules(config))


def load_claim(config: ProjectConfig, name: str) -> Claim:
    """The claim of this name.

    :raises UsageError: there is none, its file cannot be imported, it is called something else than its file, or its
        stacks are none that there are or not those of its folder.
    """
    modules = _modules(config)
    if name not in modules:
        known = ", ".join(sorted(modules)) or "none"
        raise UsageError(f"no claim is called {name!r}; known: {known} (`assay run --list`)")
    try:
        claim = importlib.import_module(modules[name]).CLAIM
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{modules[name]}: {error}") from error
    if not isinstance(claim, Claim) or claim.name != name:
        raise UsageError(f"{modules[name]}: CLAIM must be a Claim called {name!r}")
    _require_stacks(claim, modules[name], modules[name].removeprefix(f"{config.scenarios}.").partition(".")[0])
    return claim


def _modules(config: ProjectConfig) -> Mapping[str, str]:
    """The module of each claim, by the claim's name."""
    found: dict[str, str] = {}
    for module in _test_modules(config.scenarios):
        name = module.rpartition(".")[2].removeprefix(PREFIX).replace("_", "-")
        if name in found:
            raise UsageError(f"{found[name]} and {module} are both the claim {name!r}; rename one")
        found[name] = module
    return found


def _test_modules(package_name: str) -> Iterator[str]:
    """The modules of the package whose names say that they hold claims, then those of its stacks' folders."""
    try:
        package = importlib.import_module(package_name)
    except ImportError as error:
        raise UsageError(f"[tool.assay] scenarios: cannot import {package_name!r}: {error}") from error
    for module in pkgutil.iter_modules(package.__path__, f"{package_name}."):
        stem = module.name.rpartition(".")[2]
        if module.ispkg and stem in STACKS:
            yield from _test_modules(module.name)
        elif stem.startswith(PREFIX):
            yield module.name


def _require_stacks(claim: Claim, module: str, place: str) -> None:
    if not claim.stacks or not set(claim.stacks) <= STACKS.keys():
        wrong = ", ".join(repr(stack) for stack in claim.stacks) or "nothing"
        raise UsageError(f"{module}: stacks name {wrong}; there are {', '.join(STACKS)}")
    if place in STACKS and claim.stacks[0] != place:
        raise UsageError(f"{module}: it lies in {place}/, so its stacks must begin with {place!r}")
