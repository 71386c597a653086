"""The matrix of cuts as it is shown: a row for each kind of effect, a column for each way of cutting it.

Data flow: record → ``harness.record.cuts`` → **rows of cells** → page and terminal.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.cuts import WAYS, Matrix, Stroke, matrix_of
from harness.record.record import Record
from harness.report.untrusted import visible

NOT_STRUCK = "NOT STRUCK"
EFFECT_CHARACTERS = 40


@dataclass(frozen=True)
class Cell:
    """What struck one kind of effect in one way, and why what was meant for it did not."""

    way: str
    words: str
    struck: tuple[Stroke, ...]
    missed: tuple[Stroke, ...]


@dataclass(frozen=True)
class Row:
    """All ways of cutting one kind of effect."""

    effect: str
    cells: tuple[Cell, ...]


def cut_rows(record: Record) -> tuple[Row, ...]:
    """A row for every kind of effect that the plan was to cut; none without such a plan."""
    matrix = matrix_of(record)
    return tuple(Row(effect, tuple(_cell(matrix, effect, way) for way in matrix.ways)) for effect in matrix.effects)


def _cell(matrix: Matrix, effect: str, way: str) -> Cell:
    struck = matrix.struck(effect, way)
    missed = tuple(stroke for stroke in matrix.strokes.get((effect, way), ()) if stroke.lacks is not None)
    return Cell(way, WAYS.get(way, way), struck, missed)


def cut_lines(record: Record) -> list[str]:
    """The matrix as plain lines: in each cell how soon what was cut there was answered after all."""
    rows = cut_rows(record)
    if not rows:
        return []
    table = [["cuts", *(cell.way for cell in rows[0].cells)]]
    table += [[f"  {visible(row.effect, limit=EFFECT_CHARACTERS)}", *map(_in_short, row.cells)] for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in table]


def _in_short(cell: Cell) -> str:
    if not cell.struck:
        return NOT_STRUCK
    seconds = max((stroke.recovered_seconds or 0.0 for stroke in cell.struck), default=0.0)
    never = any(stroke.recovered_seconds is None for stroke in cell.struck)
    times = f"{len(cell.struck)} x " if len(cell.struck) > 1 else ""
    return f"{times}{'never answered' if never else f'{seconds:.1f} s'}"
