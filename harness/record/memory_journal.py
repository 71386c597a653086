"""A journal in memory, in the time of whoever writes: for worlds and runs that are not processes.

Its lines are those of a file, so that the same reader makes the same record of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class MemoryJournal:
    """One writer's lines, in their order.

    :param seconds: the time of a line; only grows.
    """

    def __init__(self, writer: str, seconds: Callable[[], float]) -> None:
        self.writer = writer
        self._seconds = seconds
        self._lines: list[Mapping[str, Any]] = []

    @property
    def lines(self) -> list[Mapping[str, Any]]:
        """All of them so far. Nobody may change them."""
        return self._lines

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        """Append one record of this kind and return it. The fields must be plain JSON values, and stay as they are."""
        record = {
            "writer": self.writer,
            "seq": len(self._lines) + 1,
            "at_seconds": round(self._seconds(), 6),
            "kind": kind,
            **fields,
        }
        self._lines.append(record)
        return record
