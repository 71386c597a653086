"""Runs the parts of a night one after another: none hides the next, and each leaves what repeats it.

Data flow: `make nightly` → **night** → the same commands that a person types. What it says goes to standard
output and, where CI names a file for it (``GITHUB_STEP_SUMMARY``), as Markdown to the end of that file, part by part,
so that a night which is cut short has told of the parts before.

Each part leaves a line in ``runs/nights.jsonl`` (``log``), which ``table`` makes the table of docs/nightly.md from.

Not covered: bounds in time. CI bounds the job, and each command bounds its own waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scenarios.nightly.log import append, entry
from scenarios.nightly.parts import Part, Words

MEANS = {0: "well", 1: "INVALID, or a test failed", 3: "this machine lacks something", 4: "UNKNOWN: nothing is proved"}


def run_night(root: Path, seed: int, chosen: Sequence[Part], tell: Callable[[str], None]) -> int:
    """Run the chosen parts in ``root`` and return the exit code of the first that did not end well, or else 0.

    :param tell: takes Markdown, a piece for each part.
    """
    tell(f"## The night on seed {seed}\n\nAll of it again: `make nightly SEED={seed}`\n")
    codes = []
    for part in chosen:
        before = run_directories(root)
        began, began_at = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
        code = _run(root, part)
        seconds = time.monotonic() - began
        minutes = seconds / 60
        append(root, entry(root, part.name, seed, part.command, code, seconds, began_at))
        meaning = MEANS.get(code, "see its output")
        tell(f"### {part.name}: {code} ({meaning}) after {minutes:.1f} min\n\nRepeat: `{part.command}`\n")
        if part.leaves_runs:
            tell(_told_by_runs(root, run_directories(root) - before))
        codes.append(code)
    tell(f"The night on seed {seed}: {sum(code == 0 for code in codes)} of {len(codes)} parts ended well.\n")
    return next((code for code in codes if code != 0), 0)


def _run(root: Path, part: Part) -> int:
    """Run all commands of the part, and return the exit code of the first that did not end well, or else 0."""
    codes = [subprocess.run(_resolved(words), cwd=root, stdin=subprocess.DEVNULL).returncode for words in part.commands]
    return next((code for code in codes if code != 0), 0)


def run_directories(root: Path) -> set[Path]:
    """The run directories there are, of the application as it is: those of a mutant have to be INVALID."""
    found = set()
    for file in (root / "runs").glob("*/run.json"):
        if not file.parent.is_symlink() and json.loads(file.read_text(encoding="utf-8")).get("mutant") is None:
            found.add(file.parent)
    return found


def _told_by_runs(root: Path, folders: set[Path]) -> str:
    """Verdicts, repeat commands and recoveries of these runs, as `assay resilience` tells them."""
    if not folders:
        return "It left no run.\n"
    names = sorted(str(folder.relative_to(root)) for folder in folders)
    answer = subprocess.run(_resolved(("assay", "resilience", *names)), cwd=root, capture_output=True, text=True)
    if answer.returncode != 0:
        return f"Its runs cannot be told of: {answer.stderr.strip()}\n"
    return f"<details><summary>{len(names)} runs</summary>\n\n{answer.stdout}\n</details>\n"


def _resolved(words: Words) -> list[str]:
    """The words with the program of this environment, when it has one of that name."""
    beside = Path(sys.executable).parent / words[0]
    return [str(beside) if beside.is_file() else words[0], *words[1:]]
