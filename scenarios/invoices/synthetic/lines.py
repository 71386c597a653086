"""The journal of a synthetic run: lines in any order, written as each writer would have left them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from harness.record.journal import CLOSED, OPENED

MOMENT_SECONDS = 0.001


class Lines:
    """Collects the lines of all writers. They are kept as text: there may be a million."""

    def __init__(self) -> None:
        self._of_writer: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
        self._count = 0

    def add(self, writer: str, at_seconds: float, kind: str, **fields: Any) -> None:
        """One line. Of lines with one time the one that was added first comes first."""
        self._count += 1
        text = json.dumps({"kind": kind, **fields}, ensure_ascii=False, separators=(",", ":"))
        self._of_writer[writer].append((round(at_seconds, 6), self._count, text))

    def latest_seconds(self) -> float:
        """The time of the last line of all."""
        return max(at for lines in self._of_writer.values() for at, _, _ in lines)

    def write(self, folder: Path, run_id: str, pids: Mapping[str, int], killed: Set[str]) -> None:
        """One file per writer, opened and closed as its writer would, its lines numbered without gaps.

        :param pids: the process of each writer; any other number where it is not known.
        :param killed: writers that had no time to close their file.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for writer in list(self._of_writer):
            times = [at for at, _, _ in self._of_writer[writer]]
            self.add(writer, min(times) - MOMENT_SECONDS, OPENED, run_id=run_id, pid=pids.get(writer, 1))
            if writer not in killed:
                self.add(writer, max(times) + MOMENT_SECONDS, CLOSED)
        for writer, lines in self._of_writer.items():
            with (folder / f"{writer}.jsonl").open("w", encoding="utf-8") as file:
                for number, (at_seconds, _, text) in enumerate(sorted(lines), start=1):
                    head = f'{{"writer":{json.dumps(writer)},"seq":{number},"at_seconds":{at_seconds},'
                    file.write(f"{head}{text[1:]}\n")
