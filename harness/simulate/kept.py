"""What a campaign has done, on disk, so that who is interrupted can go on: a file of lines, one an outcome.

The first line says which campaign it is, and on which sources. The file is gone when the campaign is over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.simulate.campaign import Job
from harness.simulate.outcome import Outcome

Key = tuple[str, int, str]


class Kept:
    """The file of one campaign.

    :param told: all that makes it this campaign and no other, as plain JSON.
    :ivar outcomes: what was done before, by job.
    """

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        said = json.dumps(told, sort_keys=True)
        self._path = folder / f"simulate-{hashlib.sha256(said.encode()).hexdigest()[:16]}.jsonl"
        self.outcomes: dict[Key, Outcome] = {}
        folder.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            self._read()
        self._file = self._path.open("a", encoding="utf-8")

    def has(self, job: Job) -> bool:
        """Whether it was done before."""
        return key_of(job) in self.outcomes

    def keep(self, outcome: Outcome) -> None:
        """Write one down."""
        self._file.write(json.dumps(asdict(outcome)) + "\n")
        self._file.flush()

    def over(self) -> None:
        """The campaign has come to its end: the next one begins anew."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the file for the next time."""
        self._file.close()

    def _read(self) -> None:
        for line in self._path.read_text(encoding="utf-8").splitlines():
            # The last line may be torn; it is done again.
            with contextlib.suppress(ValueError, TypeError):
                outcome = Outcome(**json.loads(line))
                self.outcomes[outcome.family, outcome.seed, outcome.cut] = outcome


def key_of(job: Job) -> Key:
    """What names a job within its campaign."""
    return job.family, job.seed, job.cut
