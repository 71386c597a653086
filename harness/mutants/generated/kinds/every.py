"""All kinds of change, each with its weight in the draw.

A kind is a function from a place to the changes that can be made there. One that resembles what people get wrong weighs
twice as much as the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.mutants.generated.kinds.arguments import swapped
from harness.mutants.generated.kinds.arithmetic import arithmetic
from harness.mutants.generated.kinds.booleans import dropped_operand
from harness.mutants.generated.kinds.comparisons import boundary, negated
from harness.mutants.generated.kinds.constants import constant, off_by_one
from harness.mutants.generated.kinds.exceptions import swallowed
from harness.mutants.generated.kinds.parts import default, dropped_key
from harness.mutants.generated.kinds.statements import dropped_await, dropped_statement, order
from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edits


@dataclass(frozen=True)
class Kind:
    """A kind of change. ``weight`` is its share in a draw, against those of the others."""

    name: str
    weight: int
    changes: Callable[[Place], Iterator[Edits]]


KINDS = (
    Kind("boundary", 2, boundary),
    Kind("off-by-one", 1, off_by_one),
    Kind("dropped-statement", 2, dropped_statement),
    Kind("dropped-await", 2, dropped_await),
    Kind("swapped-arguments", 1, swapped),
    Kind("constant", 2, constant),
    Kind("dropped-key", 2, dropped_key),
    Kind("swallowed-exception", 2, swallowed),
    Kind("order", 2, order),
    Kind("negated-condition", 2, negated),
    Kind("arithmetic", 1, arithmetic),
    Kind("dropped-operand", 2, dropped_operand),
    Kind("default", 1, default),
)
