"""*effects*: what the world accepted is what was promised, no less and no more.

The promise is per effect. Where the receiver honours an idempotency key it is exactly once; e-mail has no such key, so
there it is at least once, with one key (the Message-ID) and identical bytes. What had to happen is the oracle's to say:

    must ⊆ observed ⊆ must ∪ may

Not covered: whether the content of an effect is right (the domain's checks judge that).
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of as story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted


class Delivery(enum.Enum):
    """How often an effect may happen for one business act."""

    EXACTLY_ONCE = "exactly once"
    AT_LEAST_ONCE = "at least once, with one key and identical bytes"


@dataclass(frozen=True)
class Promise:
    """What is promised of one kind of effect. ``identity`` names the business act that an effect carries out."""

    service: str
    operation: str
    delivery: Delivery
    identity: Callable[[Effect], str] = lambda effect: effect.reference

    @property
    def kind(self) -> tuple[str, str]:
        """Service and operation."""
        return self.service, self.operation


@dataclass(frozen=True)
class Acts:
    """The business acts of one kind that had to happen, and those that may have."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EffectsCheck:
    """Holds every promise against the world's record. ``expected`` is the oracle's word, per kind of effect.

    ``demands`` says by name which acts must be among those that had to happen: of a kind of act that was excused every
    time the run says nothing. ``asked`` are all kinds of effect that somebody may ask the world for: one that nobody
    promised is uncalled for. What the world does by itself, or for others, is in neither.
    """

    promises: Sequence[Promise]
    expected: Callable[[Record], Mapping[tuple[str, str], Acts]]
    demands: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    asked: frozenset[tuple[str, str]] = frozenset()
    name: str = field(default="effects", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a lost, doubled or uncalled-for effect; UNKNOWN when the oracle demanded none at all."""
        expected = self.expected(record)
        findings = _unpromised(record, self.asked - {promise.kind for promise in self.promises})
        counts: dict[str, int | float | str] = {}
        for promise in self.promises:
            acts = expected.get(promise.kind, Acts())
            observed = _observed(record, promise)
            findings += _judge(record, promise, acts, observed)
            label = f"{promise.service}/{promise.operation}"
            counts[f"{label} demanded"] = len(acts.must)
            counts[f"{label} observed"] = len(observed)
            counts[f"{label} again"] = sum(len(effects) - 1 for effects in observed.values())
        demanded = sum(len(acts.must) for acts in expected.values())
        if findings:
            found = counted(len(findings), "effect was", "effects were")
            summary = f"{found} lost, doubled or uncalled for"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        must = [act for acts in expected.values() for act in acts.must]
        excused = [name for name, is_one in self.demands.items() if not any(map(is_one, must))]
        if not demanded or excused:
            told = f"{' and no '.join(excused or ['effect'])} was demanded beyond doubt, so none was checked"
            return CheckResult(self.name, Verdict.UNKNOWN, f"no {told}", (), counts)
        again = sum(int(counts[f"{p.service}/{p.operation} again"]) for p in self.promises)
        summary = f"all {demanded} demanded effects happened as promised"
        summary += f"; {again} happened again where that is allowed" if again else ""
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _unpromised(record: Record, kinds: Set[tuple[str, str]]) -> list[Finding]:
    return [
        Finding(
            effect.reference,
            f"{effect.service}/{effect.operation}: happened, though nobody promised any",
            story_of(record, effect.reference),
        )
        for effect in record.effects
        if (effect.service, effect.operation) in kinds
    ]


def _observed(record: Record, promise: Promise) -> dict[str, list[Effect]]:
    observed: dict[str, list[Effect]] = defaultdict(list)
    for effect in record.effects:
        if (effect.service, effect.operation) == promise.kind:
            observed[promise.identity(effect)].append(effect)
    return observed


def _judge(record: Record, promise: Promise, acts: Acts, observed: Mapping[str, list[Effect]]) -> list[Finding]:
    label, allowed = f"{promise.service}/{promise.operation}", acts.must | acts.may
    findings = [
        Finding(act, f"{label}: never happened, though it had to", story_of(record, act), could_still_come=True)
        for act in sorted(acts.must - observed.keys())
    ]
    findings += [
        Finding(act, f"{label}: happened, though nothing called for it", story_of(record, effects[0].reference))
        for act, effects in sorted(observed.items())
        if act not in allowed
    ]
    for act, effects in sorted(observed.items()):
        broken = _broken(promise.delivery, effects)
        if broken:
            findings.append(Finding(act, f"{label}: {broken}", story_of(record, effects[0].reference)))
    return findings


def _broken(delivery: Delivery, effects: Sequence[Effect]) -> str | None:
    if len(effects) == 1:
        return None
    if delivery is Delivery.EXACTLY_ONCE:
        return f"happened {len(effects)} times, promised exactly once"
    keys = {effect.key for effect in effects}
    if len(keys) > 1:
        return f"happened {len(effects)} times under {len(keys)} different keys, so the receiver cannot tell them apart"
    if len({effect.digest for effect in effects}) > 1:
        return f"happened {len(effects)} times under one key with different bytes"
    return None
