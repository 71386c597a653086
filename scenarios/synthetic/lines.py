"""The journal of a synthetic run: lines in any order, written as each writer would have left them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any


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

    def write(self, folder: Path) -> None:
        """One file per writer, its lines in the order of their times and numbered without gaps."""
        folder.mkdir(parents=True, exist_ok=True)
        for writer, lines in self._of_writer.items():
            with (folder / f"{writer}.jsonl").open("w", encoding="utf-8") as file:
                for number, (at_seconds, _, text) in enumerate(sorted(lines), start=1):
                    head = f'{{"writer":{json.dumps(writer)},"seq":{number},"at_seconds":{at_seconds},'
                    file.write(f"{head}{text[1:]}\n")
