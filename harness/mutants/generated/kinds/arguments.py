"""Two arguments of a call change places."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits


def swapped(place: Place) -> Iterator[Edits]:
    """Two neighbours among the positional arguments, or the values of two neighbours among those with a keyword."""
    if isinstance(place.node, ast.Call):
        yield from _neighbours(place, [each for each in place.node.args if not isinstance(each, ast.Starred)])
        yield from _neighbours(place, [each.value for each in place.node.keywords if each.arg is not None])


def _neighbours(place: Place, values: Sequence[ast.expr]) -> Iterator[Edits]:
    source = place.source
    for one, other in pairwise(values):
        if source.segment(one) != source.segment(other):
            yield (
                Edit(source.start(one), source.end(one), source.segment(other)),
                Edit(source.start(other), source.end(other), source.segment(one)),
            )
