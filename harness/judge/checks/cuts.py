"""*cuts*: every kind of effect was cut in every way that the claim names, by what the record shows of each.

It speaks of the run and not of the application, so it is never INVALID: a cell that nothing struck proves nothing of
it, and an effect that stands in no cell is one that nobody has thought of cutting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from harness.record.cuts import WAYS, Matrix, matrix_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted


@dataclass(frozen=True)
class CutsCheck:
    """``effects`` are the kinds of effect, in the world's word; each must be struck in each of ``ways``."""

    effects: tuple[str, ...]
    ways: tuple[str, ...] = tuple(WAYS)
    name: str = field(default="cuts", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """VALID when every cell was struck, UNKNOWN with every one that was not."""
        matrix = matrix_of(record)
        cells = [(effect, way) for effect in self.effects for way in self.ways]
        struck = sum(bool(matrix.struck(*cell)) for cell in cells)
        missing = [finding for cell in cells if (finding := _missing(matrix, *cell)) is not None]
        missing += self._unknown(record)
        counts: dict[str, int | float | str] = {"cells": len(cells), "struck": struck}
        if not cells:
            return CheckResult(self.name, Verdict.UNKNOWN, "the claim names no kind of effect to cut", (), counts)
        if missing:
            left = len(cells) - struck
            summary = f"{counted(left, 'cell', 'cells')} of {len(cells)} left unstruck" if left else missing[0].message
            return CheckResult(self.name, Verdict.UNKNOWN, summary, tuple(missing), counts)
        kinds, ways = counted(len(self.effects), "kind", "kinds"), counted(len(self.ways), "way", "ways")
        summary = f"{kinds} of effect cut in {ways}: every one of the {len(cells)} was struck"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _unknown(self, record: Record) -> list[Finding]:
        kinds = Counter(effect.effect_kind for effect in record.effects if effect.effect_kind is not None)
        return [
            Finding(kind, f"{counted(count, 'effect', 'effects')} of {kind} happened, which is in no cell")
            for kind, count in sorted(kinds.items())
            if kind not in self.effects
        ]


def _missing(matrix: Matrix, effect: str, way: str) -> Finding | None:
    if matrix.struck(effect, way):
        return None
    reasons = [stroke.lacks for stroke in matrix.strokes.get((effect, way), ()) if stroke.lacks is not None]
    return Finding(f"{effect}, {way}", f"not struck: {'; '.join(reasons) or 'nothing was planned for it'}")
