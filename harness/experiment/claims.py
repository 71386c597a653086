"""Finds claims by name: ``worker-killed`` is ``CLAIM`` in a file called ``test_worker_killed.py``.

It lies anywhere under the project's package of scenarios. A claim that is made for one stack lies in a folder of that
name: ``scenarios/full/test_links_break.py``.
"""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from harness.application.files import content_of
from harness.application.imported import import_named, theirs
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.bring_up import STACKS
from harness.experiment.claim import Claim
from harness.names import nearest_first
from harness.words import shown

PREFIX = "test_"
CLAIM = "CLAIM"
ASSIGNED = re.compile(rf"^{CLAIM}\b[^=\n]*=", re.MULTILINE)
"""What makes a file that cannot be parsed a claim: whoever asks for it is told what is wrong with it."""


@dataclass(frozen=True)
class FoundClaims:
    """The module of each claim by the claim's name, in alphabetical order, and all that is ``wrong`` with the files."""

    modules: Mapping[str, str]
    wrong: Sequence[str]


def claim_names(config: ProjectConfig) -> list[str]:
    """The names of all claims of the project, in alphabetical order.

    :raises UsageError: the package cannot be imported, a file cannot be read, or two claims have one name.
    """
    return list(_modules(config))


def load_claim(config: ProjectConfig, name: str) -> Claim:
    """The claim of this name.

    :raises UsageError: there is none, its file cannot be imported, it is called something else than its file, or its
        stacks are none that there are or not those of its folder.
    """
    modules = _modules(config)
    if name not in modules:
        known = nearest_first(name, modules)
        raise UsageError(f"no claim is called {name!r}; known: {known} (`assay run --list`){_unassigned(config, name)}")
    return claim_in(modules[name], name)


def claim_in(module_name: str, name: str) -> Claim:
    """The claim in a module of `find_claims`.

    :raises UsageError: as `load_claim` does.
    """
    module = import_named(module_name, f"the claim {name!r}")
    file = getattr(module, "__file__", None) or module_name  # a module may put another object in its place
    with theirs(f"the claim {name!r}"):
        claim = getattr(module, CLAIM, None)
        if not isinstance(claim, Claim) or claim.name != name:
            found = f"it is called {claim.name!r}" if isinstance(claim, Claim) else f"it is {shown(claim)}"
            raise UsageError(f"{file}: CLAIM must be a Claim called {name!r}, as its file is; {found}")
        _require_stacks(claim, module_name, file)
    return claim


def find_claims(config: ProjectConfig) -> FoundClaims:
    """The claims of the project, and all that is wrong with the files that they are looked for in.

    :raises UsageError: the package cannot be imported.
    """
    package = import_named(config.scenarios, f"[tool.assay] scenarios = {config.scenarios!r}")
    found: dict[str, str] = {}
    wrong = []
    for file, module in _files(config.scenarios, package):
        try:
            if not _assigns_a_claim(content_of(file, "mend it, or take it out of the claims")):
                continue
        except UsageError as error:
            wrong.append(str(error))
            continue
        name = file.stem.removeprefix(PREFIX).replace("_", "-")
        if name in found:
            wrong.append(f"{found[name]} and {module} are both the claim {name!r}; rename one")
        found.setdefault(name, module)
    return FoundClaims(dict(sorted(found.items())), wrong)


def _modules(config: ProjectConfig) -> Mapping[str, str]:
    found = find_claims(config)
    if found.wrong:
        raise UsageError("; ".join(found.wrong))
    return found.modules


def _unassigned(config: ProjectConfig, name: str) -> str:
    """A file that is called as the claim is, and assigns none."""
    wanted = f"{PREFIX}{name.replace('-', '_')}.py"
    files = _files(config.scenarios, import_named(config.scenarios, ""))
    found = next((str(file) for file, _ in files if file.name == wanted), "")
    return f"; {found} assigns no {CLAIM} = Claim(…)" if found else ""


def _files(package_name: str, package: ModuleType) -> Iterator[tuple[Path, str]]:
    """The files under the package that may be claims, with their modules; those of a folder before those below it."""
    named_by = f"[tool.assay] scenarios = {package_name!r}"
    with theirs(named_by):
        if not hasattr(package, "__path__"):
            raise UsageError(f"{named_by}: is {getattr(package, '__file__', None)}, and must be a folder")
        roots = [Path(root) for root in package.__path__]
    for root in roots:
        for file in sorted(root.rglob(f"{PREFIX}*.py"), key=lambda file: (len(file.parts), file)):
            if not file.is_dir():
                yield file, ".".join((package_name, *file.relative_to(root).with_suffix("").parts))


def _assigns_a_claim(content: bytes) -> bool:
    """What makes a test file a claim. It is read and not imported: of all claims of a project, one is asked for."""
    # Whoever wrote the file in UTF-16 is told when it is imported that Python cannot read it.
    if CLAIM.encode() not in content.replace(b"\0", b""):
        return False
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ASSIGNED.search(_text(content)) is not None
    return CLAIM in _assigned(tree.body)


def _text(content: bytes) -> str:
    """What is in a file that cannot be parsed, near enough to look for a word at the beginning of a line."""
    bare = content.removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    return bare.replace(b"\0", b"").replace(b"\r", b"\n").decode(errors="replace")


def _assigned(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that a module assigns, also below an ``if`` or a ``try``; what a function assigns is its own."""
    left = list(body)  # No recursion: what Python can parse may be deeper than that.
    while left:
        node = left.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            continue  # Declared, and not assigned.
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            left.extend(ast.iter_child_nodes(node))


def _require_stacks(claim: Claim, module: str, file: str) -> None:
    if not claim.stacks or not all(stack in tuple(STACKS) for stack in claim.stacks):
        wrong = ", ".join(repr(stack) for stack in claim.stacks) or "nothing"
        raise UsageError(f"{file}: stacks name {wrong}; there are {', '.join(STACKS)}")
    for place in STACKS.keys() & set(module.split(".")[:-1]):
        if claim.stacks[0] != place:
            raise UsageError(f"{module}: it is in {place}/, so its stacks must begin with {place!r}")
