"""What the world recorded, outside of Temporal and of the application: the ground truth that checks judge by.

Data flow: the world's journal → **requests, effects, webhooks** → record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Effect:
    """Something that the world accepted and cannot take back.

    ``service`` and ``operation`` say what ("accounting", "book"), ``key`` is the idempotency key it came with (or
    ``None``), ``reference`` is the business object ("INV-0001"), ``digest`` the SHA-256 of its canonical content,
    ``detail`` the content that checks need, as plain JSON. ``effect_kind`` is the world's word for what it is
    ("mail:reminder"), ``None`` for what the application does not ask for.
    """

    effect_id: str
    service: str
    operation: str
    key: str | None
    reference: str
    digest: str
    at_seconds: float
    detail: Mapping[str, Any] = field(default_factory=dict)
    effect_kind: str | None = None


@dataclass(frozen=True)
class WorldAttempt:
    """One request that reached the world, accepted or not.

    ``outcome`` is "accepted", "replayed" (same key, same body: the first answer again), "conflict" (same key, another
    body: 422), "in_flight" (409), "refused" (the request itself is wrong: 4xx), "error" (a knob made it fail: 5xx),
    "dropped" (committed, but the answer was withheld), "abandoned" (ended before its effect, without an answer) or
    "unanswered" (the world never replied). ``replied_seconds`` is when it was answered, or its connection closed.
    ``effect_kind`` is the world's word for what was asked for ("mail:reminder"), ``None`` where that is not known.
    """

    attempt_id: str
    service: str
    operation: str
    key: str | None
    reference: str
    at_seconds: float
    outcome: str
    status: int | None = None
    effect_id: str | None = None
    replied_seconds: float | None = None
    effect_kind: str | None = None


@dataclass(frozen=True)
class WebhookTry:
    """One try of one delivery by which the world told the application of something.

    ``subject`` is what it tells of (a payment's id), ``reference`` the business object ("INV-0001"). Deliveries of one
    subject and tries of one delivery count from 1. ``status`` is the answer's, ``None`` when there was none. ``answer``
    is what a 2xx said, a JSON object; ``None`` when it said none, or nobody kept it.
    """

    subject: str
    reference: str
    delivery: int
    number: int
    sent_seconds: float
    ended_seconds: float
    status: int | None = None
    answer: Mapping[str, Any] | None = None
