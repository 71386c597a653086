"""The acknowledgement of one effect is dropped: it was committed, and whoever asked for it never hears so.

The world does it where a plan says so (`chaos.cuts`); what is here is the evidence.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Milestone, in_words, strikes
from harness.errors import UsageError
from harness.experiment.site import Site
from harness.record.record import Strike


@dataclass
class AckDrop:
    """Strikes nothing by itself: the milestone is the drop. ``watched_seconds`` is how long it is looked at after."""

    watched_seconds: float = 1.5
    _milestone: Milestone | None = None
    _seen_seconds: float | None = None
    _workers: tuple[str, ...] = ()

    words: ClassVar[tuple[str, str]] = ("acknowledgement was dropped", "acknowledgements were dropped")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return "drop the acknowledgement of an effect"

    @property
    def lasts_seconds(self) -> float:
        """How long it is looked at."""
        return self.watched_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The service, from when it hung up until that was seen."""
        if self._milestone is None:
            return ()
        services = [self._milestone.service] if self._milestone.service else []
        return strikes("service", services, self._milestone.at_seconds, self._seen_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Take the drop for granted: the world has just said so.

        :raises UsageError: the plan gives it no cut.
        """
        if milestone is None:
            raise UsageError("ack-drop happens at a cut only, and the plan names none for it")
        self._milestone, self._seen_seconds = milestone, time.monotonic()
        # Those of now: by the time anybody asks what was felt, another fault may have replaced one.
        self._workers = tuple(site.fleet.worker_name(slot) for slot in site.fleet.slots)
        return f"the world accepted an effect for {milestone.reference} and closed the connection without a word"

    async def heal(self, site: Site) -> None:
        """Nothing stays broken."""

    def felt(self, site: Site) -> str | None:
        """The attempts that failed for want of an answer."""
        if self._milestone is None or self._milestone.at_seconds is None:
            return None
        return in_words(
            [
                attempt
                for worker in self._workers
                for attempt in site.attempts(worker)
                if attempt.subject == self._milestone.reference
                and attempt.outcome == "failed"
                and (attempt.ended_seconds or 0.0) >= self._milestone.at_seconds
            ]
        )
