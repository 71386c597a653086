"""Who was turned away, by which fault, and for how long: from the first answer that told nothing to the first that did.

Data flow: tries, webhooks and faults of a record → **spans by name and fault** → *availability*.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.judge.checks.attempts import activities
from harness.judge.checks.held import CANCELLED
from harness.record.record import FaultRecord, Operation, Outcome, Record, WebhookTry
from scenarios.kit.checks.strikes import API, BOOKS, MACHINE, SERVER, strikes_of

WEBHOOK = "webhook"
NO_FAULT = "no fault"

OURS = (MACHINE, SERVER, API, BOOKS)
"""What every answer of the application needs, whatever it is asked."""

WAITED_SECONDS = 5.0
"""A 503 that took this long was not a refusal: somebody waited for an answer that was slow to come."""


@dataclass(frozen=True)
class TurnedAway:
    """Callers of one name who were turned away while one fault struck."""

    name: str
    fault_id: str
    callers: int
    longest_seconds: float

    def in_words(self) -> str:
        """For the counts of a check."""
        return f"{self.callers} callers, the longest for {self.longest_seconds:.1f} s"


class Near:
    """Whether a fault was near an instant. ``healed_seconds`` is when the last was healed.

    :param near_seconds: how long after a fault an error may still be its doing.
    :param services: of the world, whose faults may reach a caller.
    """

    def __init__(self, record: Record, near_seconds: float, services: Collection[str]) -> None:
        self.near_seconds = near_seconds
        self._things = (*OURS, *services)
        self._strikes = strikes_of(record)
        ends = [fault.healed_seconds for fault in record.faults if fault.healed_seconds is not None]
        self.healed_seconds = max(ends, default=math.inf if record.faults else 0.0)
        self._held = held_spans(record)

    def excuses(self, subject: str, sent_seconds: float, ended_seconds: float) -> bool:
        """Whether an error in these seconds may be a fault's doing, or that of waiting for a person to resume it.

        One that came slowly is excused, too: on a slow machine an answer may take longer than its caller waits.
        """
        if ended_seconds - sent_seconds >= WAITED_SECONDS:
            return True
        for held_seconds, resumed_seconds in self._held.get(subject, ()):
            if ended_seconds >= held_seconds and sent_seconds <= resumed_seconds + self.near_seconds:
                return True
        since = sent_seconds - self.near_seconds
        return self._strikes.any_worker(since, ended_seconds) or self._strikes.touched(
            self._things, since, ended_seconds
        )


def held_spans(record: Record) -> Mapping[str, Sequence[tuple[float, float]]]:
    """Subject → when each thing that was resumed had begun to stand still, and when it was resumed.

    It stood still since the first attempt of an activity that was given up on. One that no worker ever took shows no
    beginning, and may have waited from the start; what shows nothing that was given up on was not held before it was
    resumed.
    """
    attempts = activities(record)
    begun: dict[str, list[float]] = defaultdict(list)
    for facts in record.facts:
        for failed in facts.failed_activities:
            if failed.retry_state != CANCELLED:
                tried = attempts.get((facts.run_id, failed.activity_id), ())
                begun[facts.subject].append(min((each.started_seconds for each in tried), default=0.0))
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for resumption in sorted(record.resumed, key=lambda resumption: resumption.at_seconds):
        subject, until = resumption.subject, resumption.at_seconds
        # What is resumed twice for one activity was held all the while.
        before = spans[subject][-1][1] if spans[subject] else None
        since = [at for at in begun[subject] if at <= until and (before is None or at > before)]
        spans[subject].append((min(since, default=until if before is None else before), until))
    return spans


def windows_of(fault: FaultRecord) -> list[tuple[float, float | None]]:
    """When it struck, by what it struck; by when it was injected and healed where that is all that is known."""
    if fault.struck:
        return [(strike.since_seconds, strike.until_seconds) for strike in fault.struck]
    return [] if fault.injected_seconds is None else [(fault.injected_seconds, fault.healed_seconds)]


def turned_away(record: Record) -> list[TurnedAway]:
    """By name of operation and fault, in the order of both; a span belongs to each fault that overlaps it."""
    windows = [(fault.fault_id, windows_of(fault)) for fault in record.faults]
    spans: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, sent, began, ended in (*_operations(record.operations), *_webhooks(record.webhooks)):
        struck = [
            fault_id
            for fault_id, each in windows
            if any(since <= ended and (until is None or until >= sent) for since, until in each)
        ]
        for fault_id in struck or [NO_FAULT]:
            spans[name, fault_id].append(ended - began)
    return [TurnedAway(*key, len(lengths), round(max(lengths), 3)) for key, lengths in sorted(spans.items())]


def _operations(operations: tuple[Operation, ...]) -> Iterator[tuple[str, float, float, float]]:
    """Of each operation that was turned away: its name, when it was then sent, and begin and end of the span."""
    for operation in operations:
        asked = [each for each in operation.tries if each.asked]
        vague = next((each for each in asked if each.outcome is Outcome.UNKNOWN), None)
        if vague is None:
            continue
        sure = next((each for each in asked if each.outcome is not Outcome.UNKNOWN), asked[-1])
        began = vague.returned_seconds if vague.returned_seconds is not None else vague.invoked_seconds
        ended = sure.returned_seconds if sure.returned_seconds is not None else sure.invoked_seconds
        yield operation.name, vague.invoked_seconds, began, max(began, ended)


def _webhooks(tries: tuple[WebhookTry, ...]) -> Iterator[tuple[str, float, float, float]]:
    """The same of the provider's deliveries."""
    deliveries: dict[tuple[str, int], list[WebhookTry]] = defaultdict(list)
    for each in tries:
        deliveries[each.subject, each.delivery].append(each)
    for delivery in deliveries.values():
        first, last = delivery[0], delivery[-1]
        if first.status is None or first.status >= 500:
            yield WEBHOOK, first.sent_seconds, first.ended_seconds, last.ended_seconds
