"""A version of the application is a directory: the project's own, or a temporary copy with one patch applied.

Mutants, bad deploys and old releases are patches. Workers and services are started in the directory, so that Python
imports the application from there and everything else from where it always is.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from harness.application.files import content_of, copy_code
from harness.config import ProjectConfig
from harness.errors import EnvironmentMissing, UsageError
from harness.names import nearest_first

HEADER = re.compile(r"^([A-Za-z-]+): (.+)$")
NAME_CHARACTERS = 40
"""Of a mutant, in the name of its folder: its patch may have as long a name as a file can have."""
APPLY_SECONDS = 30
FIELDS = {"promise", "caught-by", "claim"}


@dataclass(frozen=True)
class Mutant:
    """A deliberately broken version: which promise it breaks, and which check must say so on which claim."""

    name: str
    patch: Path
    promise: str
    caught_by: str
    claim: str


def load_mutants(config: ProjectConfig) -> list[Mutant]:
    """All mutants of the project, by name.

    :raises UsageError: patches that cannot be read, whose header lacks a field or is no UTF-8, or that have one name;
        all are named.
    """
    mutants, wrong = read_mutants(config)
    if wrong:
        raise UsageError("; ".join(wrong))
    return mutants


def read_mutants(config: ProjectConfig) -> tuple[list[Mutant], list[str]]:
    """The mutants of the project that can be read, by name, and what is wrong with the others.

    :raises UsageError: the place of the patches is none.
    """
    mutants, patches = [], config.patches()
    named = (list(alike) for _, alike in groupby(patches, key=lambda patch: patch.stem))  # they come by name
    wrong = [_clash(alike) for alike in named if len(alike) > 1]
    for patch in patches:
        try:
            mutants.append(_read(patch))
        except UsageError as error:
            wrong.append(str(error))
    return mutants, wrong


def load_mutant(config: ProjectConfig, name: str) -> Mutant:
    """The mutant of this name.

    :raises UsageError: there is none, and the message names those there are; or there are two.
    """
    named = [patch for patch in config.patches() if patch.stem == name]
    if not named:
        known = nearest_first(name, [patch.stem for patch in config.patches()])
        raise UsageError(f"no mutant is called {name!r}; known: {known} ({config.mutants}/*.patch)")
    if len(named) > 1:
        raise UsageError(_clash(named))
    return _read(named[0])


def _clash(patches: Sequence[Path]) -> str:
    return f"{' and '.join(map(str, patches))} are both the mutant {patches[0].stem!r}; rename one"


def _read(patch: Path) -> Mutant:
    fields: dict[str, str] = {}
    for line in _header(patch).splitlines():
        if match := HEADER.match(line):
            fields[match[1].lower()] = match[2].strip()
    if missing := FIELDS - fields.keys():
        raise UsageError(f"{patch}: the header lacks {', '.join(sorted(missing))}; see docs/mutants.md")
    return Mutant(patch.stem, patch, fields["promise"], fields["caught-by"], fields["claim"])


def _header(patch: Path) -> str:
    """What stands before the first file; what is patched may be in any encoding."""
    try:
        content = content_of(patch, "mend it, or take it out of the broken versions")
        return re.split(rb"^(?:diff |--- )", content, maxsplit=1, flags=re.MULTILINE)[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{patch}: the header is not valid UTF-8: {error}; save it as UTF-8") from error


@contextlib.contextmanager
def version_folder(config: ProjectConfig, mutant: Mutant | None) -> Iterator[Path]:
    """The directory to start workers in: the project's root, or a copy of the application with the mutant's patch.

    :raises UsageError: the patch does not apply to the application as it is, or that is not in the project's folder or
        cannot be read.
    :raises EnvironmentMissing: there is no git, or no room for the copy.
    """
    if mutant is None:
        yield config.root
        return
    code = code_in(config.root, config.app)
    if code is None:
        raise UsageError(f"{mutant.name} cannot be laid out: {config.app} lies neither in {config.root} nor in its src")
    with tempfile.TemporaryDirectory(prefix=f"assay-{mutant.name[:NAME_CHARACTERS]}-") as scratch:
        copy_code(code, Path(scratch) / code.relative_to(config.root))
        _apply(mutant, Path(scratch))
        yield Path(scratch)


def code_in(folder: Path, app: str) -> Path | None:
    """The package or the module of the application in a version's folder or its ``src``, or ``None``."""
    name, roots = app.split(".")[0], (folder, folder / "src")
    for root in roots:
        if (root / name / "__init__.py").is_file():
            return root / name
        if (root / f"{name}.py").is_file():
            return root / f"{name}.py"
    # As Python has it: a folder without `__init__.py` is a package where nothing else is called so.
    return next((root / name for root in roots if (root / name).is_dir()), None)


def _apply(mutant: Mutant, folder: Path) -> None:
    # Outside a repository `git apply` works on plain files; the ceiling keeps it from finding one above the copy, where
    # it would take the paths for that repository's and quietly apply nothing.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    before = _digest(folder)
    try:
        done = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", str(mutant.patch.resolve())],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=APPLY_SECONDS,
        )
    except OSError as error:
        raise EnvironmentMissing(f"git is needed to apply {mutant.patch.name}: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise EnvironmentMissing(f"git did not apply {mutant.patch} within {APPLY_SECONDS} s") from error
    if done.returncode != 0 or _digest(folder) == before:
        reason = ", ".join(done.stderr.split("\n")).strip(", ") or "it changes nothing"
        raise UsageError(f"{mutant.patch} no longer applies: {reason}; bring the patch up to date")


def _digest(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
