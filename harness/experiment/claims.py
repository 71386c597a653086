"""Finds claims by name: ``worker-killed`` is ``CLAIM`` in a file called ``test_worker_killed.py``.

It lies anywhere under the project's package of scenarios. A claim that is made for one stack lies in a folder of that
name: ``scenarios/full/test_links_break.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.application.imported import import_named
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.bring_up import STACKS
from harness.experiment.claim import Claim
from harness.names import nearest_first

PREFIX = "test_"
CLAIM = "CLAIM"
ASSIGNED = re.compile(rf"^{CLAIM}\b[^=\n]*=", re.MULTILINE)
"""What makes a file that cannot be parsed a claim: whoever asks for it is told what is wrong with it."""


def claim_names(config: ProjectConfig) -> list[str]:
    """The names of all claims of the project, in alphabetical order.

    :raises UsageError: the package cannot be imported, a file cannot be read, or two claims have one name.
    """
    return sorted(_modules(config))


def load_claim(config: ProjectConfig, name: str) -> Claim:
    """The claim of this name.

    :raises UsageError: there is none, its file cannot be imported, it is called something else than its file, or its
        stacks are none that there are or not those of its folder.
    """
    modules = _modules(config)
    if name not in modules:
        known = nearest_first(name, sorted(modules))
        raise UsageError(f"no claim is called {name!r}; known: {known} (`assay run --list`){_unassigned(config, name)}")
    module = import_named(modules[name], f"the claim {name!r}")
    claim = getattr(module, "CLAIM", None)
    if not isinstance(claim, Claim) or claim.name != name:
        found = f"it is called {claim.name!r}" if isinstance(claim, Claim) else f"it is {claim!r}"
        raise UsageError(f"{module.__file__}: CLAIM must be a Claim called {name!r}, as its file is; {found}")
    _require_stacks(claim, modules[name], module.__file__)
    return claim


def _unassigned(config: ProjectConfig, name: str) -> str:
    """A file that is called as the claim is, and assigns none."""
    file = f"{PREFIX}{name.replace('-', '_')}.py"
    roots = map(Path, import_named(config.scenarios, "").__path__)
    found = next((str(each) for root in roots for each in sorted(root.rglob(file))), "")
    return f"; {found} assigns no {CLAIM} = Claim(…)" if found else ""


def _modules(config: ProjectConfig) -> Mapping[str, str]:
    """The module of each claim, by the claim's name."""
    found: dict[str, str] = {}
    for module in _claim_modules(config.scenarios):
        name = module.rpartition(".")[2].removeprefix(PREFIX).replace("_", "-")
        if name in found:
            raise UsageError(f"{found[name]} and {module} are both the claim {name!r}; rename one")
        found[name] = module
    return found


def _claim_modules(package_name: str) -> Iterator[str]:
    """The modules under the package that assign a claim, those of a folder before those of the folders in it."""
    package = import_named(package_name, f"[tool.assay] scenarios = {package_name!r}")
    if not hasattr(package, "__path__"):
        raise UsageError(f"[tool.assay] scenarios = {package_name!r}: is {package.__file__}, and must be a folder")
    for root in map(Path, package.__path__):
        for file in sorted(root.rglob(f"{PREFIX}*.py"), key=lambda file: (len(file.parts), file)):
            if not file.is_dir() and _assigns_a_claim(_text(file)):
                yield ".".join((package_name, *file.relative_to(root).with_suffix("").parts))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}; mend it, or take it out of the claims") from error


def _assigns_a_claim(text: str) -> bool:
    """What makes a test file a claim. It is read and not imported: of all claims of a project, one is asked for."""
    if CLAIM not in text:
        return False
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ASSIGNED.search(text) is not None
    return CLAIM in _assigned(tree.body)


def _assigned(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that a module assigns, also below an ``if`` or a ``try``; what a function assigns is its own."""
    for node in body:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            continue  # Declared, and not assigned.
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _assigned(ast.iter_child_nodes(node))


def _require_stacks(claim: Claim, module: str, file: str | None) -> None:
    if not claim.stacks or not set(claim.stacks) <= STACKS.keys():
        wrong = ", ".join(repr(stack) for stack in claim.stacks) or "nothing"
        raise UsageError(f"{file}: stacks name {wrong}; there are {', '.join(STACKS)}")
    for place in STACKS.keys() & set(module.split(".")[:-1]):
        if claim.stacks[0] != place:
            raise UsageError(f"{module}: it is in {place}/, so its stacks must begin with {place!r}")
