"""Reads what a world wrote into the part of a record that is the world's, be it a process or one in memory.

Data flow: lines of the world → **effects, requests and webhooks** → record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.record.lines import Line, at, pick
from harness.record.world_record import Effect, WebhookTry, WorldAttempt


@dataclass(frozen=True)
class WorldPart:
    """What a world saw and did: the fields of these names in a record."""

    effects: tuple[Effect, ...] = ()
    world_attempts: tuple[WorldAttempt, ...] = ()
    webhooks: tuple[WebhookTry, ...] = ()


def world_part(lines: Iterable[Line]) -> WorldPart:
    """The world's part of these lines, in their order; other kinds of lines are passed over.

    :raises UsageError: a line is not what it says it is.
    """
    attempts: list[Line] = []
    replies: list[Line] = []
    effects: list[Effect] = []
    webhooks: list[WebhookTry] = []
    for line in lines:
        match line["kind"]:
            case "world-attempt":
                attempts.append(line)
            case "world-reply":
                replies.append(line)
            case "effect":
                effects.append(pick(Effect, line))
            case "webhook-try":
                webhooks.append(pick(WebhookTry, line, ended_seconds=line["at_seconds"]))
    return WorldPart(tuple(effects), _attempts(attempts, replies), tuple(webhooks))


def _attempts(attempts: Sequence[Line], replies: Sequence[Line]) -> tuple[WorldAttempt, ...]:
    reply: dict[str, Line] = {}
    for line in replies:
        with at(line):
            reply[line["attempt_id"]] = line
    silent: Line = {"outcome": "unanswered", "status": None, "effect_id": None}
    return tuple(
        pick(
            WorldAttempt,
            line,
            **{name: reply.get(line.get("attempt_id", ""), silent).get(name) for name in silent},
            replied_seconds=reply.get(line.get("attempt_id", ""), silent).get("at_seconds"),
        )
        for line in attempts
    )
