"""Statements: what a service has done until an instant, page by page, and what it had done before the run began.

``POST /opening`` takes over items of an earlier system, each with its instant: they are no effects of the run, stand in
every statement, and survive a restart. With an ``Idempotency-Key`` they are taken over once, and only before anything
is done here. ``POST /statement`` (at the payment provider ``POST /settlements``) lists them and what was done since, at
most ``limit`` of those up to ``as_of`` that come after the cursor ``after``. The list only grows at its end, so paging
stays right while it does. A statement changes nothing; it is recorded as a request without an effect, feels the knobs
and can be held before it is answered.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harness.record.record import Effect
from scenarios.world.bodies import (
    Endpoint,
    Malformed,
    Reply,
    canonical_digest,
    error,
    parse_object,
    require_fields,
    text_field,
)
from scenarios.world.intake import Intake
from scenarios.world.recorder import Opening, Recorder
from scenarios.world.register import Register, Request

MOST = 1000
"""Items of one page, and of one opening."""

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """What one service lists.

    :param operation: the name of asking for a statement, and its path.
    :param items: the field of the list in bodies.
    :param at: the field of an item's instant.
    :param parse: checks an item of an opening but for its instant, and returns it as it is listed.
    :param of_effect: the item of an effect without its instant; ``None`` for what is not listed.
    """

    service: str
    operation: str
    items: str
    at: str
    parse: Callable[[Mapping[str, Any]], dict[str, Any]]
    of_effect: Callable[[Effect], dict[str, Any] | None]


class StatementDesk:
    """The endpoints of one listing.

    :param instant: of what happened at so many seconds of the record's clock.
    :param openings: those of earlier processes, of all services.
    """

    def __init__(
        self,
        listing: Listing,
        intake: Intake,
        recorder: Recorder,
        register: Register,
        instant: Callable[[float], datetime],
        openings: Sequence[Opening] = (),
    ) -> None:
        self._listing = listing
        self._intake = intake
        self._recorder = recorder
        self._register = register
        self._instant = instant
        self._digests: dict[str, str] = {}
        self._taken_over: list[Item] = []
        for opening in openings:
            if opening.service == listing.service:
                self._take_over(opening)

    def endpoints(self) -> Mapping[str, Endpoint]:
        """By their paths."""
        return {"/opening": self.take_over, f"/{self._listing.operation}": self.list}

    async def take_over(self, body: bytes, key: str | None) -> Reply:
        """Items of an earlier system are taken over."""
        try:
            if key is None:
                raise Malformed("the header Idempotency-Key is missing")
            fields = parse_object(body)
            require_fields(fields, frozenset({self._listing.items}))
            items = tuple(self._parse(fields[self._listing.items]))
        except Malformed as malformed:
            return error(400, str(malformed))
        digest = canonical_digest(fields)
        known = self._digests.get(key)
        if known is None:
            if any(True for _ in self._done()):
                return error(409, f"{self._listing.service} has {self._listing.items} of its own by now")
            self._take_over(self._recorder.opened(Opening(self._listing.service, key, digest, items)))
        elif known != digest:
            return error(422, "this idempotency key was used with another body")
        return Reply(201, {"taken_over": len(items)}, replayed=known is not None)

    async def list(self, body: bytes, key: str | None) -> Reply:
        """One page."""
        listing, as_of, after, limit, problem = self._listing, datetime.max, 0, 0, None
        try:
            as_of, after, limit = _page(parse_object(body))
        except Malformed as malformed:
            problem = str(malformed)
        request = Request(listing.service, listing.operation, None, "", hashlib.sha256(body).hexdigest(), keyed=False)
        answer = await self._intake.ask(request, problem=problem)
        if answer.status != ASKED:
            return Reply(None) if answer.status is None else error(answer.status, answer.message)
        found: list[Item] = []
        position = after
        for item in itertools.islice(itertools.chain(self._taken_over, self._done()), after, None):
            if datetime.fromisoformat(item[listing.at]) <= as_of:
                if len(found) == limit:
                    return Reply(200, {listing.items: found, "after": str(position)})
                found.append(item)
            position += 1
        return Reply(200, {listing.items: found, "after": None})

    def _take_over(self, opening: Opening) -> None:
        self._digests[opening.key] = opening.digest
        self._taken_over += opening.items

    def _done(self) -> Iterator[Item]:
        """What was done here, in its order."""
        for effect in self._register.effects:
            item = self._listing.of_effect(effect) if effect.service == self._listing.service else None
            if item is not None:
                yield {**item, self._listing.at: self._instant(effect.at_seconds).isoformat()}

    def _parse(self, items: Any) -> Iterator[dict[str, Any]]:
        if not isinstance(items, list) or not 0 < len(items) <= MOST:
            raise Malformed(f"{self._listing.items} must be a list of 1 to {MOST}")
        for number, item in enumerate(items):
            where = f"{self._listing.items}[{number}]"
            if not isinstance(item, dict):
                raise Malformed(f"{where} is not an object")
            at = _instant(item, self._listing.at, f"{where}.")
            rest = {name: value for name, value in item.items() if name != self._listing.at}
            yield {**self._listing.parse(rest), self._listing.at: at.isoformat()}


ASKED = 200
"""Of a statement that can be answered."""


def _page(fields: Mapping[str, Any]) -> tuple[datetime, int, int]:
    require_fields(fields, frozenset({"as_of", "after", "limit"}))
    after, limit = fields["after"], fields["limit"]
    if after is not None and not (isinstance(after, str) and after.isascii() and after.isdigit()):
        raise Malformed(f"after must be null or the cursor of the page before, not {after!r}")
    if not isinstance(limit, int) or isinstance(limit, bool) or not 0 < limit <= MOST:
        raise Malformed(f"limit must be in 1..{MOST}, not {limit!r}")
    return _instant(fields, "as_of"), int(after or 0), limit


def _instant(fields: Mapping[str, Any], name: str, where: str = "") -> datetime:
    text = text_field(fields, name)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{where}{name} must be an instant of ISO 8601, not {text!r}") from None
    if at.tzinfo is None:
        raise Malformed(f"{where}{name} must have a zone, as in 2026-01-31T00:00:00+03:00, not {text!r}")
    return at.astimezone(UTC)
