"""Holes in journals are found, and none is seen where a writer was killed as the harness says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.record.integrity.continuity import read_whole
from harness.record.journal import FileJournal

RUN = "the-run"


def written(folder: Path, name: str, *lines: Mapping[str, Any], killed: bool = False) -> Path:
    """A journal with these lines, as its writer leaves it."""
    path = folder / "journal" / f"{name}.jsonl"
    journal = FileJournal(path, name, RUN)
    for line in lines:
        journal.write(line["kind"], **{field: value for field, value in line.items() if field != "kind"})
    if not killed:
        journal.close()
    return path


def process(name: str, event: str, detail: str = "") -> dict[str, Any]:
    return {"kind": "process", "name": name, "pid": 1, "event": event, "detail": detail}


def _next(line: bytes) -> bytes:
    """The line again, with the number that comes next."""
    said = json.loads(line)
    return json.dumps({**said, "seq": said["seq"] + 1}).encode()


def problems(folder: Path) -> list[str]:
    return [f"{finding.subject} {finding.message}" for finding in read_whole(folder, RUN).problems]


def test_what_writers_leave_is_whole_and_in_the_order_of_the_clock(tmp_path: Path) -> None:
    harness = FileJournal(tmp_path / "journal" / "harness.jsonl", "harness", RUN)
    written(tmp_path, "world", {"kind": "effect"})
    harness.close()
    found = read_whole(tmp_path, RUN)
    assert not found.problems
    assert [line["kind"] for line in found.lines] == ["opened", "opened", "effect", "closed", "closed"]


def test_a_writer_that_was_killed_and_came_back_leaves_no_hole(tmp_path: Path) -> None:
    written(tmp_path, "harness", process("world", "started"), process("world", "killed"))
    written(tmp_path, "world", {"kind": "effect"}, killed=True)
    path = written(tmp_path, "world", {"kind": "effect"})
    assert [json.loads(line)["seq"] for line in path.read_bytes().splitlines()] == [1, 2, 3, 4, 5]
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("events", "hole"),
    [
        ((process("world", "started"), process("world", "killed", "exit code -9")), False),
        ((process("world", "started"), process("world", "stopped", "exit code -9")), False),
        ((process("world", "started"), process("world", "stopped", "exit code 0")), True),
        ((), True),
        ((process("world", "started"), {"kind": "interrupted", "reason": "a signal"}), False),
    ],
)
def test_an_end_may_be_missing_only_where_the_writer_could_not_write_it(
    tmp_path: Path, events: tuple[dict[str, Any], ...], hole: bool
) -> None:
    written(tmp_path, "harness", *events)
    written(tmp_path, "world", {"kind": "effect"}, killed=True)
    assert bool(problems(tmp_path)) is hole
    if hole:
        assert problems(tmp_path)[0].startswith("journal/world.jsonl:3 is missing: the writer was not killed")


def test_half_a_line_of_a_writer_that_was_killed_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, "harness", process("world", "started"), process("world", "killed"))
    path = written(tmp_path, "world", {"kind": "effect"}, killed=True)
    path.write_bytes(path.read_bytes() + b'{"writer":"wor')
    assert problems(tmp_path) == []
    written(tmp_path, "worker-1.1")
    worker = tmp_path / "journal" / "worker-1.1.jsonl"
    worker.write_bytes(worker.read_bytes() + b"{")
    assert problems(tmp_path) == ["journal/worker-1.1.jsonl:3 was written after its writer had closed it"]


MOVED = "lines are missing, doubled or moved"
HOLES: dict[str, tuple[Any, int, str]] = {
    "dropped": (lambda lines: [lines[0], *lines[2:]], 2, MOVED),
    "doubled": (lambda lines: [*lines[:2], *lines[1:]], 3, MOVED),
    "swapped": (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, MOVED),
    "noise": (lambda lines: [lines[0], b"noise", *lines[2:]], 2, "is not a record"),
    "empty": (lambda lines: [lines[0], b"", *lines[1:]], 2, "is not a record"),
    "deep": (lambda lines: [lines[0], b"[" * 100_000, *lines[2:]], 2, "is not a record"),
    "of another run": (
        lambda lines: [lines[0].replace(RUN.encode(), b"other"), *lines[1:]],
        1,
        "is of the run 'other'",
    ),
    "not opened": (lambda lines: [lines[0].replace(b"opened", b"effect"), *lines[1:]], 1, "had not opened the file"),
    "of another": (lambda lines: [lines[0], lines[1].replace(b"world", b"w"), *lines[2:]], 2, "is of the writer 'w'"),
    "older": (lambda lines: [lines[0], lines[1].replace(b'seconds":', b'seconds":-'), *lines[2:]], 2, "is older"),
    "once more": (lambda lines: [*lines[:2], _next(lines[1]), *lines[3:]], 3, "is the line before it once more"),
    "kindless": (lambda lines: [lines[0], lines[1].replace(b'"effect"', b"7"), *lines[2:]], 2, "lacks a time or"),
}


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_is_named_by_file_and_line(tmp_path: Path, name: str) -> None:
    change, place, words = HOLES[name]
    written(tmp_path, "harness")
    path = written(tmp_path, "world", {"kind": "effect"}, {"kind": "effect"})
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))
    (told,) = problems(tmp_path)
    assert told.startswith(f"journal/world.jsonl:{place} ")
    assert words in told


def test_a_worker_that_served_has_a_journal(tmp_path: Path) -> None:
    written(tmp_path, "harness", process("worker-1.1", "started"), process("worker-1.1", "killed"))
    assert problems(tmp_path) == ["journal/worker-1.1.jsonl is missing: worker-1.1 served in the run"]


def test_what_is_no_journal_is_named(tmp_path: Path) -> None:
    written(tmp_path, "harness")
    (tmp_path / "journal" / "notes.txt").write_text("x")
    assert problems(tmp_path) == ["journal/notes.txt is not a journal"]
