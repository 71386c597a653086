"""What happened in a run, as JSON lines: one file per writer, one record before a call and one after.

Every process of a run (the harness, each worker, the world) appends to a file of its own under ``journal/``, opened
with ``O_APPEND`` and written with one ``write`` per record and no buffer, so a SIGKILL loses at most the record that
was being written; readers tolerate a torn last line. Times are the host's ``CLOCK_MONOTONIC``, which all processes of
one host share; they are never compared with a server's, a virtual or a remote clock.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from harness.errors import HarnessDefect

SHARED_LENGTH = 80
"""Ids, names and words are shorter."""


class Journal(Protocol):
    """Where records go. ``FileJournal`` writes a file; tests pass a list-backed fake."""

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        """Append one record of this kind and return it, with its writer, sequence and time."""


class FileJournal:
    """One writer's file. Safe for threads of one process; each process opens its own.

    A writer that comes back after a SIGKILL finds its file again: a torn last line is cut off, because nobody was told
    of a record that was not written whole.
    """

    def __init__(self, path: Path, writer: str) -> None:
        self.writer = writer
        self._lock = threading.Lock()
        self._sequence = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        _cut_torn_tail(self._descriptor)

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        """Append one record. The fields must be plain JSON values.

        :raises HarnessDefect: when a field is not JSON or the record was not written whole.
        """
        with self._lock:
            self._sequence += 1
            record = {
                "writer": self.writer,
                "seq": self._sequence,
                "at_seconds": round(time.monotonic(), 6),
                "kind": kind,
                **fields,
            }
            try:
                line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            except (TypeError, ValueError) as error:
                raise HarnessDefect(f"journal {self.writer}: record {kind!r} is not JSON: {error}") from error
            written = os.write(self._descriptor, line)
        if written != len(line):
            raise HarnessDefect(f"journal {self.writer}: wrote {written} of {len(line)} bytes; is the disk full?")
        return record

    def close(self) -> None:
        """Close the file; a record written later is an error of the caller."""
        os.close(self._descriptor)


def _cut_torn_tail(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(descriptor, whole)


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """The records of one file in the order they were written.

    A torn *last* line (its writer was killed while writing) is left out. A torn line anywhere else means that the file
    is not what a journal writer leaves, and is refused.

    :raises HarnessDefect: a line that is not a JSON object before the end of the file.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line == b"\n":
                continue
            try:
                record = json.loads(line, object_pairs_hook=_shared)
                if not isinstance(record, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                raise HarnessDefect(f"{path.name}:{number}: not a journal record: {error}") from error
            yield record


def _shared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, with one copy of each short text in all of memory: the lines of a run say the same few over and over.

    A run of 100,000 effects has 800,000 lines, which take a third of the room so.
    """
    return {
        sys.intern(name): sys.intern(value) if type(value) is str and len(value) <= SHARED_LENGTH else value
        for name, value in pairs
    }


def read_journals(folder: Path) -> list[dict[str, Any]]:
    """All records of all writers in the folder, in the order of the host's clock."""
    records = [record for path in sorted(folder.glob("*.jsonl")) for record in read_journal(path)]
    return sorted(records, key=lambda record: (record["at_seconds"], record["writer"], record["seq"]))
