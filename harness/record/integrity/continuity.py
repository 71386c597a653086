"""Whether the journals of a run are whole: every line a record, every writer's count without gaps, no end cut off.

Data flow: journal files → **lines, and what is wrong with them** → record. The seal says that a file is what it
was; this says that what it was is what its writers wrote, also when somebody has sealed it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.record.journal import CLOSED, OPENED, shared
from harness.record.lines import Line
from harness.typed import is_number
from harness.verdict import Finding

FOLDER = "journal"
HARNESS = "harness"
# The processes of a run that keep a journal, by the names that the harness starts them with.
WRITERS = re.compile(r"worker-\d+\.\d+|world")


@dataclass(frozen=True)
class Journals:
    """All lines of all writers in the order of the host's clock, and what is wrong with them."""

    lines: Sequence[Line]
    problems: Sequence[Finding]


def read_whole(folder: Path, run_id: str) -> Journals:
    """Read the journals of the run with this id. Never raises for what stands in them."""
    problems: list[Finding] = []
    by_writer: dict[str, list[Line]] = {}
    for path in sorted((folder / FOLDER).glob("*")):
        if path.suffix != ".jsonl":
            problems.append(Finding(f"{FOLDER}/{path.name}", "is not a journal"))
            continue
        by_writer[path.stem] = []
        try:
            for line in _lines(path, run_id, problems):
                by_writer[path.stem].append(line)
        except OSError as error:
            problems.append(Finding(f"{FOLDER}/{path.name}", f"cannot be read: {error.strerror or error}"))
    if not problems:
        problems += _ends(by_writer)
    lines = [line for each in by_writer.values() for line in each]
    if not problems:
        lines.sort(key=lambda line: (line["at_seconds"], line["writer"], line["seq"]))
    return Journals(lines, tuple(problems))


def _lines(path: Path, run_id: str, problems: list[Finding]) -> Iterator[Line]:
    """The lines of one file up to the first that is wrong: what comes after a hole says nothing."""
    before: Line | None = None
    torn = 0
    with path.open("rb") as texts:
        for number, text in enumerate(texts, start=1):
            if not text.endswith(b"\n"):
                torn = number
                break
            line, wrong = _record(text)
            wrong = wrong or _out_of_turn(line, path.stem, number, before, run_id)
            if wrong:
                problems.append(Finding(f"{FOLDER}/{path.name}:{number}", wrong))
                return
            before = line
            yield line
    if before is None:
        problems.append(Finding(f"{FOLDER}/{path.name}", "holds no record"))
    elif torn and before["kind"] == CLOSED:
        problems.append(Finding(f"{FOLDER}/{path.name}:{torn}", "was written after its writer had closed it"))


def _record(text: bytes) -> tuple[Line, str | None]:
    try:
        line = json.loads(text, parse_constant=_refuse, object_pairs_hook=shared)
    except (ValueError, RecursionError) as error:
        return {}, f"is not a record: {error}"
    return (line, None) if isinstance(line, dict) else ({}, "is not a record: no object")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _out_of_turn(line: Line, writer: str, number: int, before: Line | None, run_id: str) -> str | None:
    """What is wrong with the line where it stands; ``None`` when nothing is."""
    at, kind, seq = line.get("at_seconds"), line.get("kind"), line.get("seq")
    if line.get("writer") != writer:
        return f"is of the writer {line.get('writer')!r}, not of {writer!r}"
    if type(seq) is not int or seq != number:
        return f"has the number {seq!r} and stands where number {number} must: lines are missing, doubled or moved"
    if at is None or not is_number(at) or not isinstance(kind, str):
        return "lacks a time or a kind"
    if (before is None or before["kind"] == CLOSED) and kind != OPENED:
        return "was written by nobody: its writer had not opened the file"
    if before is not None and at < before["at_seconds"]:
        return f"is older ({at:.6f} s) than the line before it ({before['at_seconds']:.6f} s)"
    if before is not None and at == before["at_seconds"] and line == {**before, "seq": seq}:
        return "is the line before it once more"
    if kind == OPENED and line.get("run_id") != run_id:
        return f"is of the run {line.get('run_id')!r}, not of {run_id!r}"
    return None


def _ends(by_writer: Mapping[str, Sequence[Line]]) -> Iterator[Finding]:
    """Files that do not end as the fate of their writers says, and writers of which there is no file.

    Nothing is asked of the others in a run that was cut short: it may have been so at any moment.
    """
    harness = by_writer.get(HARNESS, ())
    if not harness:
        yield Finding(f"{FOLDER}/{HARNESS}.jsonl", "is missing: no run is without it")
        return
    cut_short = any(line["kind"] == "interrupted" for line in harness)
    last = {str(line.get("name")): line for line in harness if line["kind"] == "process"}
    for writer, lines in by_writer.items():
        if lines[-1]["kind"] != CLOSED and not (writer != HARNESS and (cut_short or _killed(last.get(writer)))):
            place = f"{FOLDER}/{writer}.jsonl:{len(lines) + 1}"
            yield Finding(place, "is missing: the writer was not killed, and did not close the file either")
    for name in sorted(name for name in last if WRITERS.fullmatch(name) and name not in by_writer and not cut_short):
        yield Finding(f"{FOLDER}/{name}.jsonl", f"is missing: {name} served in the run")


def _killed(last: Line | None) -> bool:
    """Whether the process came to an end in which it could not close its journal."""
    return last is not None and (last.get("event") != "stopped" or last.get("detail") != "exit code 0")
