"""Cuts: each kind of effect, cut in each of four ways. What was really struck is judged here, from the record.

Between an application and the world an effect can be lost or doubled in few places, and each has its way of cutting it.
A *cell* is one kind of effect in one way. That a fault was planned for a cell and did something proves nothing: a cell
counts as struck when the world's record holds the request at its point while the worker that had sent it was dead or
stood still, by the attempt log and the processes' own events.

Data flow: plan → nemesis (``chaos.cuts``) → record → **matrix** → the check *cuts*, and the report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.record.record import Attempt, Cut, FaultRecord, Record, Strike, WorldAttempt

KILLED_BEFORE, KILLED_AFTER, ACK_DROPPED, STOPPED = "killed-before", "killed-after", "ack-dropped", "stopped"

WAYS: Mapping[str, str] = {
    KILLED_BEFORE: "worker killed before the effect",
    KILLED_AFTER: "worker killed after the commit",
    ACK_DROPPED: "acknowledgement dropped",
    STOPPED: "worker stopped beyond its heartbeat, woken later",
}
"""way → in words. In this order the matrix shows them."""


@dataclass(frozen=True)
class Stroke:
    """One fault that was meant for a cell, and whether it struck it.

    ``lacks`` says what is missing for that, ``None`` for nothing. ``recovered_seconds`` is how long after the strike
    the same request was answered, ``None``: never.
    """

    fault_id: str
    effect: str
    way: str
    reference: str | None = None
    recovered_seconds: float | None = None
    lacks: str | None = None


@dataclass(frozen=True)
class Matrix:
    """All strokes of a run by cell; a cell that nothing was meant for is not in it."""

    effects: tuple[str, ...]
    ways: tuple[str, ...]
    strokes: Mapping[tuple[str, str], tuple[Stroke, ...]]

    def struck(self, effect: str, way: str) -> tuple[Stroke, ...]:
        """Those that struck this cell."""
        return tuple(stroke for stroke in self.strokes.get((effect, way), ()) if stroke.lacks is None)


@dataclass(frozen=True)
class _Requests:
    """The requests of a run by the world's name for them, and those for the same thing together, in their order."""

    by_id: Mapping[str, WorldAttempt]
    by_key: Mapping[tuple[str, str, str | None], Sequence[WorldAttempt]]


def matrix_of(record: Record) -> Matrix:
    """The matrix of a record: its kinds of effect in the order of the alphabet, its ways in that of ``WAYS``."""
    return record.once(_matrix)


def _matrix(record: Record) -> Matrix:
    if all(fault.cut is None for fault in record.faults):
        return Matrix((), (), {})
    requests = _requests(record)
    cells: dict[tuple[str, str], list[Stroke]] = defaultdict(list)
    for fault in record.faults:
        if fault.cut is not None:
            cells[fault.cut.effect, fault.cut.way].append(_stroke(record, requests, fault, fault.cut))
    effects = sorted({effect for effect, _ in cells})
    ways = [way for way in WAYS if any(way == known for _, known in cells)]
    return Matrix(tuple(effects), tuple(ways), {cell: tuple(strokes) for cell, strokes in cells.items()})


def _requests(record: Record) -> _Requests:
    by_key: dict[tuple[str, str, str | None], list[WorldAttempt]] = defaultdict(list)
    for request in record.world_attempts:
        by_key[_thing(request)].append(request)
    return _Requests({request.attempt_id: request for request in record.world_attempts}, by_key)


def _thing(request: WorldAttempt) -> tuple[str, str, str | None]:
    return request.service, request.operation, request.key or request.reference


def _stroke(record: Record, requests: _Requests, fault: FaultRecord, cut: Cut) -> Stroke:
    request = requests.by_id.get(cut.attempt_id or "")
    if request is None:
        return Stroke(fault.fault_id, cut.effect, cut.way, lacks=fault.error or "no request stood at its point")
    at, lacks = _judge(record, fault, cut, request)
    answered = (
        later.replied_seconds
        for later in requests.by_key[_thing(request)]
        if later.outcome in ("accepted", "replayed") and later.attempt_id != request.attempt_id
    )
    after = [seconds - at for seconds in answered if at is not None and seconds is not None and seconds > at]
    recovered = min(after, default=None)
    return Stroke(fault.fault_id, cut.effect, cut.way, request.reference, recovered, lacks)


def _judge(record: Record, fault: FaultRecord, cut: Cut, request: WorldAttempt) -> tuple[float | None, str | None]:
    """When the request was struck, and what is missing for the stroke to count."""
    if request.effect_kind != cut.effect:
        return None, f"the request was for {request.effect_kind}"
    if cut.way == ACK_DROPPED:
        at = request.replied_seconds
        state = None if request.outcome == "dropped" else f"the request was {request.outcome}"
        return at, state or _not_taken_up(record, _asking(record, request), request, at)
    strike = next((strike for strike in fault.struck if strike.kind == "worker"), None)
    if strike is None:
        return None, "no worker was struck"
    asking = [attempt for attempt in _asking(record, request) if attempt.worker == strike.name]
    if cut.way == STOPPED:
        at, asking = strike.since_seconds, _stopped(record, asking, strike)
    else:
        died = [event.at_seconds for event in record.processes if (event.name, event.event) == (strike.name, "killed")]
        if not died:
            return None, f"{strike.name} was not killed"
        at, asking = died[0], [attempt for attempt in asking if attempt.ended_seconds is None]
    state = _not_held(request, at) if cut.way == KILLED_BEFORE else _not_committed(record, request, at)
    return at, state or _not_taken_up(record, asking, request, at)


def _not_held(request: WorldAttempt, at: float) -> str | None:
    """What speaks against the request having stood before its effect then, and having ended without one."""
    if request.outcome != "abandoned" or request.effect_id is not None:
        return f"the request was {request.outcome}"
    return None if _under_way(request, at) else "the request was not under way then"


def _not_committed(record: Record, request: WorldAttempt, at: float) -> str | None:
    """What speaks against the effect having been committed then and the request not answered."""
    effect = next((effect for effect in record.effects if effect.effect_id == request.effect_id), None)
    if effect is None or request.outcome != "accepted":
        return f"the request was {request.outcome}"
    return None if effect.at_seconds <= at and _under_way(request, at) else "it was not between commit and answer"


def _under_way(request: WorldAttempt, at: float) -> bool:
    return request.at_seconds <= at and (request.replied_seconds is None or at <= request.replied_seconds)


def _asking(record: Record, request: WorldAttempt) -> list[Attempt]:
    """The attempts that may have sent the request: those for its reference that were open when it arrived."""
    return [
        attempt
        for attempt in record.attempts
        if attempt.subject == request.reference
        and attempt.started_seconds <= request.at_seconds
        and (attempt.ended_seconds is None or attempt.ended_seconds >= request.at_seconds)
    ]


def _stopped(record: Record, asking: Sequence[Attempt], strike: Strike) -> list[Attempt]:
    """Those of the attempts whose heartbeat time-out ran out while their worker stood still, and that woke up again."""
    heartbeats = {policy.activity: policy.heartbeat_timeout_seconds for policy in record.policies}
    stood = 0.0 if strike.until_seconds is None else strike.until_seconds - strike.since_seconds
    return [attempt for attempt in asking if 0.0 < heartbeats.get(attempt.activity, 0.0) < stood]


def _not_taken_up(record: Record, struck: Sequence[Attempt], request: WorldAttempt, at: float | None) -> str | None:
    """What speaks against one of these attempts having been struck then, so that another had to follow.

    One that another had followed before was believed by nobody any more, and striking it proves nothing.
    """
    for attempt in struck:
        later = [other.started_seconds for other in record.attempts if other.follows(attempt)]
        if later and at is not None and min(later) >= at:
            return None
    return f"no attempt for {request.reference} was struck and taken up by another"
