"""The generator of sample data, found by name: the engine writes what it makes, and knows nothing of what that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from harness.application.offered import offered_by
from harness.config import ProjectConfig
from harness.errors import UsageError

MANIFEST = ".assay-generated"
"""Names the files that were written into a folder, so that these and no others can be replaced."""


class Generator(Protocol):
    """What the module named by ``[tool.assay] generator`` offers as ``generator``."""

    @property
    def formats(self) -> Sequence[str]:
        """Names of the formats it can write."""

    def files(self, *, seed: int, invoices: int, formats: Sequence[str]) -> Mapping[str, bytes]:
        """Path below the folder, with slashes, → content; the same arguments give the same bytes."""


def load_generator(config: ProjectConfig) -> Generator:
    """Import the module that the configuration names and return its ``generator``.

    :raises UsageError: none is named, the module cannot be imported, or it offers none.
    """
    if config.generator is None:
        raise UsageError('[tool.assay] has no generator; add one such as generator = "your.module"')
    generator: Generator = offered_by(config.generator, "generator", "generator", ("formats", "files"))
    return generator


def write_files(folder: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write the files into the folder, which is made when there is none.

    :param force: replace what an earlier call wrote there, and any file of the same name; other files stay.
    :raises UsageError: the folder is not empty and ``force`` is off, or something is no folder that must be one.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            if not force:
                raise UsageError(f"{folder} is not empty; name another folder, or replace what is in it with --force")
            _remove_earlier(folder)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        (folder / MANIFEST).write_text("".join(f"{name}\n" for name in files), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error}") from error


def _remove_earlier(folder: Path) -> None:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return
    for name in manifest.read_text(encoding="utf-8").splitlines():
        # Anybody may have edited the list: it never reaches outside the folder.
        path = PurePosixPath(name)
        if name and not path.is_absolute() and ".." not in path.parts:
            (folder / path).unlink(missing_ok=True)
