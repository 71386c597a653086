"""The corpus: the files of the histories that the code must be able to go on with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from harness.config import ProjectConfig
from harness.errors import UsageError

SUFFIXES = (".json", ".json.gz")
MANIFEST = "manifest.json"
RECORD = "assay replay record"


def corpus_of(config: ProjectConfig, named: Path | None) -> list[Path]:
    """The files of the corpus, by name.

    :param named: one folder; by default those that ``[tool.assay] histories`` names.
    :raises UsageError: there is no such folder.
    """
    folders = (
        [named] if named is not None else [each for each in sorted(config.root.glob(config.histories)) if each.is_dir()]
    )
    if named is not None and not named.is_dir():
        raise UsageError(f"{named}: there is no such folder; `{RECORD} --corpus {named}` makes it")
    if not folders:
        told = f"[tool.assay] histories = {config.histories!r} names no folder in {config.root}"
        raise UsageError(f"{told}; `{RECORD}` makes one, and --corpus DIR names another")
    return sorted(file for folder in folders for file in files_below(folder))


def files_below(folder: Path) -> Iterator[Path]:
    """The files of the histories in a folder and all that are in it, links followed.

    A link that leads nowhere is one of them: whoever reads it says so, and it is not passed over in silence.

    :raises UsageError: a folder cannot be read.
    """
    seen = {os.path.realpath(folder)}
    for at, inner, names in os.walk(folder, followlinks=True, onerror=_unread):
        inner[:] = [name for name in inner if os.path.realpath(os.path.join(at, name)) not in seen]
        seen.update(os.path.realpath(os.path.join(at, name)) for name in inner)
        files = (Path(at, name) for name in names if name.endswith(SUFFIXES) and name != MANIFEST)
        yield from (file for file in files if file.is_file() or file.is_symlink())


def _unread(error: OSError) -> None:
    raise UsageError(f"{error.filename}: its histories cannot be read: {error.strerror}") from error


def where(config: ProjectConfig, named: Path | None) -> str:
    """The folders of the corpus as the project calls them."""
    return str(named) if named is not None else config.histories


def to_record_into(config: ProjectConfig, named: Path | None) -> str:
    """The folder of the corpus as a person types it: ``DIR`` where there may be many."""
    folder = where(config, named)
    return "DIR" if any(sign in folder for sign in "*?[") else folder
