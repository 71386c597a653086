"""What each part of each night came to, as lines of JSON in ``runs/nights.jsonl``: docs/nightly.md is made of them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.record.rundir import commit_of

LOG = Path("runs") / "nights.jsonl"


@dataclass(frozen=True)
class Entry:
    """One part that was run. ``code`` is its exit code, ``began_at`` UTC, ``cores`` and ``python`` the machine's."""

    part: str
    seed: int
    command: str
    code: int
    seconds: float
    began_at: str
    commit: str | None
    cores: int
    python: str


def entry(root: Path, part: str, seed: int, command: str, code: int, seconds: float, began_at: str) -> Entry:
    """The entry of a part that has just been run in ``root``."""
    commit, dirty = commit_of(root)
    state = f"{commit}, changed" if commit and dirty else commit
    cores, python = os.cpu_count() or 1, platform.python_version()
    return Entry(part, seed, command, code, round(seconds, 1), began_at, state, cores, python)


def append(root: Path, made: Entry) -> None:
    """Write it to the end of the file."""
    file = root / LOG
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")


def read(file: Path) -> list[Entry]:
    """All entries of a file, the oldest first."""
    with file.open(encoding="utf-8") as log:
        return [Entry(**json.loads(line)) for line in log if line.strip()]


def latest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Part → how it went when it was last run."""
    return {each.part: each for each in entries}
