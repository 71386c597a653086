"""The claim's nemesis as a run asks it: what the project's own code raises in it is told as its mistake, with its line.

Data flow: claim → nemesis → **asked nemesis** → the work phase. What a nemesis of ours raises without
a line of theirs stays ours.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.application.imported import passed_through_theirs, theirs
from harness.experiment.claim import Nemesis
from harness.experiment.site import Site


@dataclass(frozen=True)
class AskedNemesis:
    """A nemesis like the one inside; where a line of the project's raises in it, it raises ``UsageError``.

    ``claim`` is the name of the claim, for the error.
    """

    claim: str
    nemesis: Nemesis

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """See `Nemesis`."""
        with self._asked("describe"):
            return list(self.nemesis.describe())  # it may be made while it is read, and is read again

    async def prepare(self, site: Site) -> None:
        """See `Nemesis`."""
        with self._asked("prepare"):
            await self.nemesis.prepare(site)

    async def run(self, site: Site) -> None:
        """See `Nemesis`."""
        with self._asked("run"):
            await self.nemesis.run(site)

    async def heal(self, site: Site) -> None:
        """See `Nemesis`."""
        with self._asked("heal"):
            await self.nemesis.heal(site)

    @contextmanager
    def _asked(self, method: str) -> Iterator[None]:
        asked = getattr(type(self.nemesis), method, None)
        with theirs(f"the claim {self.claim!r}: its nemesis' {method}", asked, only_if=_is_theirs):
            yield


def _is_theirs(error: BaseException) -> bool:
    """Whether a line of theirs raised it, or asking itself: a method that is missing, or is no coroutine of a site."""
    return passed_through_theirs(error) or traceback.extract_tb(error.__traceback__)[-1].filename == __file__
