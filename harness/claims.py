"""Finds claims by name: ``worker-killed`` is ``CLAIM`` in ``scenarios/test_worker_killed.py``."""

from __future__ import annotations

import importlib
import pkgutil

from harness.claim import Claim
from harness.config import ProjectConfig
from harness.errors import UsageError

PREFIX = "test_"


def claim_names(config: ProjectConfig) -> list[str]:
    """The names of all claims of the project, in alphabetical order."""
    try:
        package = importlib.import_module(config.scenarios)
    except ImportError as error:
        raise UsageError(f"[tool.assay] scenarios = {config.scenarios!r}: cannot import it: {error}") from error
    modules = (module.name for module in pkgutil.iter_modules(package.__path__) if module.name.startswith(PREFIX))
    return sorted(module.removeprefix(PREFIX).replace("_", "-") for module in modules)


def load_claim(config: ProjectConfig, name: str) -> Claim:
    """The claim of this name.

    :raises UsageError: there is none, its file cannot be imported, or it is called something else than its file.
    """
    known = claim_names(config)
    if name not in known:
        raise UsageError(f"no claim is called {name!r}; known: {', '.join(known) or 'none'} (`assay run --list`)")
    module_name = f"{config.scenarios}.{PREFIX}{name.replace('-', '_')}"
    try:
        claim = importlib.import_module(module_name).CLAIM
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{module_name}: {error}") from error
    if not isinstance(claim, Claim) or claim.name != name:
        raise UsageError(f"{module_name}: CLAIM must be a Claim called {name!r}")
    return claim
