"""Whether what the world wrote agrees with itself: effects with the requests they came by, replies with both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from harness.record.attachments import ATTACHMENTS
from harness.record.lines import Line, place_of
from harness.verdict import Finding

SAME_REQUEST = ("service", "operation", "key", "reference", "digest", "effect_kind")
MADE = ("accepted", "dropped")
NUMBERED = re.compile(r"(\D*)(\d{1,18})")


def disagreements(folder: Path, by_kind: Mapping[str, Sequence[Line]]) -> Iterator[Finding]:
    """Everything in which the lines of the world contradict each other, and attachments that are not what they say."""
    attempts = {line.get("attempt_id"): line for line in by_kind.get("world-attempt", [])}
    effects = {line.get("effect_id"): line for line in by_kind.get("effect", [])}
    replies = {line.get("attempt_id"): line for line in by_kind.get("world-reply", [])}
    withdrawn = {(line.get("service"), line.get("key")) for line in by_kind.get("withdrawn", [])}
    yield from _gaps(by_kind.get("world-attempt", []), "attempt_id")
    yield from _gaps(by_kind.get("effect", []), "effect_id")
    for effect in effects.values():
        attempt_id = effect.get("attempt_id")
        if attempt_id is None:
            continue
        if attempt_id not in attempts or not _alike(effect, attempts[attempt_id], SAME_REQUEST):
            yield Finding(place_of(effect), f"{effect.get('effect_id')} is not what {attempt_id} asked for")
        reply = replies.get(attempt_id)
        if reply and (reply.get("effect_id") != effect.get("effect_id") or reply.get("outcome") not in MADE):
            yield Finding(place_of(reply), f"{attempt_id} made {effect.get('effect_id')}, and its reply says otherwise")
    for attempt_id, reply in replies.items():
        attempt, effect_id = attempts.get(attempt_id, {}), reply.get("effect_id")
        own = (attempt.get("service"), attempt.get("key"))
        if effect_id is None and reply.get("outcome") in (*MADE, "replayed") and own not in withdrawn:
            yield Finding(place_of(reply), f"the reply is {reply.get('outcome')} and names no effect")
        if effect_id is not None and not _alike(effects.get(effect_id, {}), attempt, ("service", "key")):
            yield Finding(
                place_of(reply), f"the reply to {attempt_id} names {effect_id}, which is another's or nobody's"
            )
    yield from _unanswered(by_kind, replies.keys())
    for file in sorted((folder / ATTACHMENTS).glob("*")):
        if hashlib.sha256(file.read_bytes()).hexdigest() != file.name:
            yield Finding(f"{ATTACHMENTS}/{file.name}", "is not the content that it is named by")


def _unanswered(by_kind: Mapping[str, Sequence[Line]], answered: Container[object]) -> Iterator[Finding]:
    """Requests without a reply, of a world that ended in order: it works on each to its end before it closes."""
    attempts = by_kind.get("world-attempt", [])
    writers = {line.get("writer") for line in attempts}
    opened = [_seq(line) for line in by_kind.get("opened", []) if line.get("writer") in writers]
    closed = [_seq(line) for line in by_kind.get("closed", []) if line.get("writer") in writers]
    last = max(opened, default=0)
    if max(closed, default=0) <= last:
        return
    for line in attempts:
        if _seq(line) > last and line.get("attempt_id") not in answered:
            yield Finding(place_of(line), f"{line.get('attempt_id')} has no reply, and its world ended in order")


def _seq(line: Line) -> int:
    return int(line.get("seq", 0))


def _alike(one: Line, other: Line, names: Sequence[str]) -> bool:
    return bool(one) and all(one.get(name) == other.get(name) for name in names)


def _gaps(lines: Sequence[Line], name: str) -> Iterator[Finding]:
    """Ids such as "effect-7" that do not count on from 1 (or 0); a world whose ids are not numbers is left alone."""
    numbered = [NUMBERED.fullmatch(str(line.get(name))) for line in lines]
    for number, (line, found) in enumerate(zip(lines, numbered, strict=True), start=1):
        first = numbered[0]
        if found is None or first is None or found[1] != first[1]:
            return
        if int(found[2]) != number - (first[2] == "0"):
            yield Finding(place_of(line), f"is {line.get(name)} where {found[1]}{number} must be")
            return
