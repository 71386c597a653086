"""The corpus: the files of the histories that the code must be able to go on with."""

from __future__ import annotations

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
    found = [file for folder in folders for file in folder.rglob("*.json*") if file.name.endswith(SUFFIXES)]
    return sorted(file for file in found if file.is_file() and file.name != MANIFEST)


def where(config: ProjectConfig, named: Path | None) -> str:
    """The folders of the corpus as the project calls them."""
    return str(named) if named is not None else config.histories


def to_record_into(config: ProjectConfig, named: Path | None) -> str:
    """The folder of the corpus as a person types it: ``DIR`` where there may be many."""
    folder = where(config, named)
    return "DIR" if any(sign in folder for sign in "*?[") else folder
