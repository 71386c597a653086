"""What happened in a run, as JSON lines: one file per writer, one record before a call and one after.

Every process of a run (the harness, each worker, the world) appends to a file of its own under ``journal/``, opened
with ``O_APPEND`` and written with one ``write`` per record and no buffer, so a SIGKILL loses at most the record that
was being written; readers tolerate a torn last line. Times are the host's ``CLOCK_MONOTONIC``, which all processes of
one host share; they are never compared with a server's, a virtual or a remote clock.

A writer of a run says so in its first line (``opened``, with the run's id) and, unless it is killed, in its last one
(``closed``); its ``seq`` counts from 1 without gaps, also over its own restarts. A file of another run, a line that is
missing and an end that was cut off are found by these.
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

from harness.errors import EnvironmentMissing, HarnessDefect

OPENED, CLOSED = "opened", "closed"
"""The kinds of a writer's first line, one for each of its processes, and of its last."""

SHARED_LENGTH = 80
"""Ids, names and words are shorter."""


class Journal(Protocol):
    """Where records go. ``FileJournal`` writes a file; tests pass a list-backed fake."""

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        """Append one record of this kind and return it, with its writer, sequence and time."""


class FileJournal:
    """One writer's file. Safe for threads of one process; each process opens its own.

    A writer that comes back after a SIGKILL finds its file again and counts on from its last line: a torn one is cut
    off, because nobody was told of a record that was not written whole.

    :param run_id: the run that it writes of; without one the file says neither whose it is nor that it ended.
    :raises EnvironmentMissing: the file cannot be opened or written; the message says why.
    """

    def __init__(self, path: Path, writer: str, run_id: str | None = None) -> None:
        self.writer = writer
        self._path = path
        self._run_id = run_id
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EnvironmentMissing(f"cannot open the journal {path}: {error.strerror}") from error
        self._sequence = _last_sequence(self._descriptor, path)
        if run_id is not None:
            self.write(OPENED, run_id=run_id, pid=os.getpid())

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        """Append one record. The fields must be plain JSON values.

        :raises HarnessDefect: a field is not JSON.
        :raises EnvironmentMissing: the record cannot be written; the disk may be full.
        """
        with self._lock:
            record = {
                "writer": self.writer,
                "seq": self._sequence + 1,
                "at_seconds": round(time.monotonic(), 6),
                "kind": kind,
                **fields,
            }
            try:
                line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            except (TypeError, ValueError) as error:
                raise HarnessDefect(f"journal {self.writer}: record {kind!r} is not JSON: {error}") from error
            self._append(line)
            self._sequence += 1
        return record

    def close(self) -> None:
        """Say that the writer ended by itself, and close the file; a record written later is an error of the caller."""
        if self._run_id is not None:
            self.write(CLOSED)
        os.close(self._descriptor)

    def _append(self, line: bytes) -> None:
        try:
            written = os.write(self._descriptor, line)
        except OSError as error:
            raise EnvironmentMissing(f"cannot write the journal {self._path}: {error.strerror}") from error
        if written != len(line):
            _cut_torn_tail(self._descriptor)
            raise EnvironmentMissing(
                f"cannot write the journal {self._path}: {written} of {len(line)} bytes; is the disk full?"
            )


def _last_sequence(descriptor: int, path: Path) -> int:
    """Cut a torn last line off; the ``seq`` of the last whole one, 0 when there is none.

    :raises HarnessDefect: the last whole line is not one that a journal writer leaves.
    """
    whole = _cut_torn_tail(descriptor)
    if not whole:
        return 0
    try:
        return int(json.loads(whole[whole.rfind(b"\n", 0, -1) + 1 :])["seq"])
    except (ValueError, TypeError, KeyError) as error:
        raise HarnessDefect(f"{path.name} does not end in a journal record: {error!r}") from error


def _cut_torn_tail(descriptor: int) -> bytes:
    """Cut what comes after the last line feed off, and return what is left."""
    content = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.ftruncate(descriptor, whole)
    return content[:whole]


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
                record = json.loads(line, object_pairs_hook=shared)
                if not isinstance(record, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                raise HarnessDefect(f"{path.name}:{number}: not a journal record: {error}") from error
            yield record


def shared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
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
