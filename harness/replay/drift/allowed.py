"""The drift that somebody has looked at and wants: ``allowed-drift.toml`` beside the histories, with a reason for each.

::

    [[drift]]
    workflow = "Order"                          # may be left out: any
    event = "ActivityTaskScheduled pack"        # as the gate shows it, without its number and id
    field = "start_to_close_timeout"            # and all that is inside of it
    because = "the packers asked for an hour; whoever packs now is done long before"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.replay.result import Drift
from harness.typed import made

NAME = "allowed-drift.toml"
NUMBER_AND_ID = re.compile(r"^event \d+ | \(id .*\)$")


@dataclass(frozen=True)
class Allowed:
    """One drift that is wanted, and why."""

    event: str
    field: str
    because: str
    workflow: str = ""

    def allows(self, drift: Drift, workflow_type: str) -> bool:
        """Whether this is that drift."""
        inside = drift.field == self.field or drift.field.startswith((f"{self.field}.", f"{self.field}["))
        return inside and event_of(drift) == self.event and self.workflow in ("", workflow_type)


def event_of(drift: Drift) -> str:
    """The event of a drift without what differs from history to history."""
    return NUMBER_AND_ID.sub("", NUMBER_AND_ID.sub("", drift.event))


def allowed_beside(corpus: Iterable[Path]) -> list[Allowed]:
    """What the files beside these histories allow.

    :raises UsageError: a file is no TOML, or an entry lacks something; the message says where.
    """
    files = sorted({file.parent / NAME for file in corpus})
    return [entry for file in files if file.is_file() for entry in _read(file)]


def _read(file: Path) -> list[Allowed]:
    try:
        read: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
    if unknown := sorted(read.keys() - {"drift"}):
        raise UsageError(f"{file}: unknown key {unknown[0]!r}; entries are [[drift]]")
    entries = read.get("drift", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise UsageError(f"{file}: write each entry as [[drift]]")
    found = [made(Allowed, each, f"{file}, entry {number}") for number, each in enumerate(entries, 1)]
    for number, each in enumerate(found, 1):
        if not each.because.strip():
            raise UsageError(f"{file}, entry {number}: say in `because` why it is wanted")
    return found
