"""Reads histories from files: those of run directories, and what `temporal workflow show --output json` printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from temporalio.client import WorkflowHistory

from harness.errors import UsageError
from harness.replay.gate.corpus import SUFFIXES, files_below
from harness.replay.gate.staging import stage
from harness.replay.history_file import NotReplayable, history_in
from harness.replay.reasons import UNREADABLE


def files_in(places: Sequence[Path]) -> list[Path]:
    """The files themselves, and of each folder those in it; of a run directory its histories.

    :raises UsageError: there is no such place, or a folder holds none.
    """
    found: list[Path] = []
    for place in places:
        folder = place / "histories" if (place / "run.json").is_file() else place
        if not folder.exists():
            raise UsageError(f"--from {place}: there is no such file or folder")
        held = sorted(files_below(folder)) if folder.is_dir() else [folder] if folder.name.endswith(SUFFIXES) else []
        if not held:
            raise UsageError(f"--from {place}: it holds no history (*.json, *.json.gz)")
        found += held
    return found


def histories_in(files: Sequence[Path], scratch: Path) -> Iterator[tuple[Path, WorkflowHistory | NotReplayable]]:
    """Each history, or why it is none.

    :param scratch: a folder that is made, for those that are compressed.
    """
    staged = stage(files, scratch)
    for file, result in staged.refused.items():
        yield file, NotReplayable(UNREADABLE, result.message)
    for name, file in staged.files.items():
        try:
            yield file, history_in(scratch / name)
        except NotReplayable as error:
            yield file, error
