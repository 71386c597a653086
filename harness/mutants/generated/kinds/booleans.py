"""One of the things that ``and`` and ``or`` ask for is not asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edits, Source

LOOSE = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)
"""What needs its parentheses."""


def dropped_operand(place: Place) -> Iterator[Edits]:
    """Without one operand after the other."""
    node = place.node
    if not isinstance(node, ast.BoolOp):
        return
    word = " and " if isinstance(node.op, ast.And) else " or "
    for dropped in node.values:
        yield place.becomes(word.join(_operand(place.source, each) for each in node.values if each is not dropped))


def _operand(source: Source, node: ast.expr) -> str:
    text = source.segment(node)
    return f"({text})" if isinstance(node, LOOSE) else text
