"""Which code made a run: the digest of the application's sources, and the way back to them.

A history can be replayed only on the code that made it. So the seal keeps the digest of that code, the run directory
the patch of a mutant, and whoever replays again asks here for a folder with the very same sources.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.application.version import Mutant, code_in, version_folder
from harness.config import ProjectConfig
from harness.errors import AssayError, UsageError

PATCH = "mutant.patch"
"""The patch of a mutant's run, in its run directory."""
SHOWN = 12


@dataclass(frozen=True)
class Sources:
    """The application by name, and the SHA-256 over its files; ``None`` where they are not in the project's folder."""

    app: str
    sha256: str | None


def sources_in(folder: Path, app: str) -> Sources:
    """The sources of the application in a version's folder: its package, or its module."""
    code = code_in(folder, app)
    if code is None:
        return Sources(app, None)
    return Sources(app, _digest(code, sorted(code.rglob("*"))) if code.is_dir() else _digest(code.parent, [code]))


def _digest(root: Path, paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@contextlib.contextmanager
def same_sources(config: ProjectConfig, made_by: Sources, patch: Path | None) -> Iterator[Path]:
    """A folder with the very code that made a run: the project as it is, or a copy of it with the run's patch.

    :raises UsageError: the code here is another one, and the message says which was it.
    """
    if made_by.sha256 is None or made_by.app != config.app:
        raise UsageError(f"nobody knows the sources of {made_by.app} that made the run")
    with contextlib.ExitStack() as stack:
        try:
            mutant = Mutant(patch.stem, patch, "", "", "") if patch else None
            folder = stack.enter_context(version_folder(config, mutant))
        except AssayError as error:
            raise UsageError(f"the patch of the run does not fit the code here: {error}") from error
        here = sources_in(folder, config.app)
        if here.sha256 != made_by.sha256:
            raise UsageError(
                f"the code here ({(here.sha256 or 'none')[:SHOWN]}) is not the code that made the run "
                f"({made_by.sha256[:SHOWN]})"
            )
        yield folder
