"""The world's words in the journal, and how a restarted world reads them back.

Every line is written before the reply it stands for, and an effect and its key are one line: after a SIGKILL the file
says exactly what the world may have acknowledged. Kinds: ``world-attempt``, ``effect``, ``withdrawn``,
``world-reply``, ``webhook-try``, ``opening``. Data flow: intake and deliverer → **recorder** → journal file → checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.record.journal import Journal, read_journal
from harness.record.lines import pick
from harness.record.record import Effect
from scenarios.world.kinds import kind_of
from scenarios.world.register import InFlight, Register, Request, Slot, Withdrawn


@dataclass(frozen=True)
class WebhookTry:
    """One try of one delivery of a payment's webhook. ``delivery`` and ``number`` count from 1.

    ``status`` is the HTTP status of the answer, ``None`` when there was none; then ``error`` says why. ``sent_seconds``
    is when it was sent (``CLOCK_MONOTONIC``). ``answer`` is what a 2xx said, the receipt; ``None`` when that was no
    JSON object.
    """

    payment_id: str
    invoice_id: str
    delivery: int
    number: int
    status: int | None
    error: str | None = None
    sent_seconds: float = 0.0
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Opening:
    """What a service took over of an earlier system, in one request."""

    service: str
    key: str
    digest: str
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Past:
    """What earlier processes of this world left in its journal."""

    effects: tuple[Effect, ...] = ()
    attempts_count: int = 0
    tries: tuple[WebhookTry, ...] = ()
    withdrawn: tuple[Slot, ...] = ()
    openings: tuple[Opening, ...] = ()


def read_past(path: Path) -> Past:
    """What the journal file at ``path`` holds; nothing when there is no file yet.

    :raises HarnessDefect: the file is not what a journal writer leaves.
    """
    return past_of(read_journal(path)) if path.exists() else Past()


def past_of(records: Iterable[Mapping[str, Any]]) -> Past:
    """The same, from records in memory. Kinds that are not needed to go on are passed over."""
    effects: list[Effect] = []
    tries: list[WebhookTry] = []
    withdrawn: list[Slot] = []
    openings: list[Opening] = []
    attempts_count = 0
    for record in records:
        match record["kind"]:
            case "world-attempt":
                attempts_count += 1
            case "effect":
                effects.append(pick(Effect, record))
            case "withdrawn":
                withdrawn.append((record["service"], record["operation"], record["key"]))
            case "opening":
                items = tuple(record["items"])
                openings.append(Opening(record["service"], record["key"], record["digest"], items))
            case "webhook-try":
                fields = {name: record[name] for name in ("delivery", "number", "status", "error", "sent_seconds")}
                tries.append(WebhookTry(record["subject"], record["reference"], **fields, answer=record.get("answer")))
    return Past(tuple(effects), attempts_count, tuple(tries), tuple(withdrawn), tuple(openings))


class Recorder:
    """Writes the world's records and commits to the register, in that order."""

    def __init__(self, journal: Journal, register: Register, past: Past) -> None:
        self._journal = journal
        self._register = register
        self._attempts_count = past.attempts_count

    def attempted(self, request: Request) -> str:
        """A request arrived. Returns its attempt id, unique over restarts."""
        self._attempts_count += 1
        attempt_id = f"attempt-{self._attempts_count}"
        self._journal.write(
            "world-attempt",
            attempt_id=attempt_id,
            service=request.service,
            operation=request.operation,
            key=request.key,
            reference=request.reference,
            digest=request.digest,
            effect_kind=kind_of(request),
        )
        return attempt_id

    def committed(self, request: Request, attempt_id: str | None) -> Effect:
        """Commit a request that had begun as new: one line holds the effect and its key.

        :param attempt_id: the request's, ``None`` for what the world does by itself (a payment settles).
        """
        kind, draft = kind_of(request), self._register.draft(request)
        line = self._journal.write("effect", attempt_id=attempt_id, effect_kind=kind, **draft)
        return self._register.commit(request, pick(Effect, line))

    def withdrawn(self, slot: Slot) -> Effect | InFlight | Withdrawn:
        """Withdraw a key, unless something was accepted under it or is in flight; written before it is answered."""
        found = self._register.withdraw(slot)
        if isinstance(found, Withdrawn):
            service, operation, key = slot
            self._journal.write("withdrawn", service=service, operation=operation, key=key)
        return found

    def opened(self, opening: Opening) -> Opening:
        """A service takes this over; written before it is answered."""
        fields = {"service": opening.service, "key": opening.key, "digest": opening.digest}
        self._journal.write("opening", **fields, items=list(opening.items))
        return opening

    def replied(self, attempt_id: str, outcome: str, status: int | None, effect_id: str | None) -> None:
        """The reply that is about to be sent; ``status`` is ``None`` when the connection is closed instead."""
        self._journal.write("world-reply", attempt_id=attempt_id, outcome=outcome, status=status, effect_id=effect_id)

    def tried(self, webhook_try: WebhookTry) -> None:
        """One try of a webhook has ended."""
        names = {"payment_id": "subject", "invoice_id": "reference"}
        fields = {names.get(name, name): value for name, value in vars(webhook_try).items()}
        self._journal.write("webhook-try", **fields)
