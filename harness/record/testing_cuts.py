"""Hand-made records of cuts, one cell each: what the world, the worker and the nemesis leave behind of it.

The request came at 1.0 s and was committed at 1.1 s; it was struck at 1.5 s and let go at 1.6 s, and was answered at
8.0 s to the worker that asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.record.cuts import ACK_DROPPED, KILLED_BEFORE, STOPPED
from harness.record.record import Attempt, Cut, Effect, FaultRecord, ProcessEvent, Record, Strike, WorldAttempt
from harness.record.testing_records import BEGAN, attempt, effect, fault, policy, run_info

EFFECT = "mail:reminder"


@dataclass(frozen=True)
class Parts:
    """What one cell's record is made of; a test changes one of them."""

    fault: FaultRecord
    request: WorldAttempt
    effect: Effect
    asking: Attempt
    again: Attempt
    death: ProcessEvent | None

    def record(self) -> Record:
        """The record of a run with nothing else in it."""
        answered = WorldAttempt(
            *("attempt-2", "smtp", "mail", "<r1>", "INV-1", BEGAN + 7.5, "accepted", 250, self.effect.effect_id),
            replied_seconds=BEGAN + 8.0,
            effect_kind=EFFECT,
        )
        return Record(
            run=run_info(),
            attempts=(self.asking, self.again),
            faults=(self.fault,),
            effects=(self.effect,),
            world_attempts=(self.request, answered),
            processes=(self.death,) if self.death else (),
            policies=(policy(),),
        )


def parts_of(way: str, effect_kind: str = EFFECT) -> Parts:
    """The parts of a cell that was struck in this way."""
    before, stopped = way == KILLED_BEFORE, way == STOPPED
    outcome = {KILLED_BEFORE: "abandoned", ACK_DROPPED: "dropped"}.get(way, "accepted")
    struck = Strike("worker", "worker-1", BEGAN + 1.5, BEGAN + 8.5 if stopped else BEGAN + 3.0)
    if way == ACK_DROPPED:
        struck = Strike("service", "smtp", BEGAN + 1.5, BEGAN + 1.6)
    made = effect("INV-1", effect_id="effect-1", key="<r1>", effect_kind=effect_kind)
    return Parts(
        fault=fault(f"{effect_kind}/{way}", 1.5, 3.0, struck=(struck,), cut=Cut(effect_kind, way, "attempt-1")),
        request=WorldAttempt(
            *("attempt-1", "smtp", "mail", "<r1>", "INV-1", BEGAN + 1.0, outcome),
            effect_id=None if before else "effect-1",
            replied_seconds=BEGAN + 1.6,
            effect_kind=effect_kind,
        ),
        effect=replace(made, at_seconds=BEGAN + (7.6 if before else 1.1)),
        asking=attempt("invoice-INV-1", 0.9, 8.6 if stopped else 1.7 if way == ACK_DROPPED else None),
        again=attempt("invoice-INV-1", 7.4, 8.1, worker="worker-2", pid=2, attempt=2),
        death=None if stopped or way == ACK_DROPPED else ProcessEvent("worker-1", 1, "killed", BEGAN + 1.51),
    )
