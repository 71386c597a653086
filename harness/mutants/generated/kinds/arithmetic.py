"""Another operation is done with the same numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits

OTHERS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
NO_NUMBERS = (ast.JoinedStr, ast.Tuple, ast.List, ast.Dict)


def arithmetic(place: Place) -> Iterator[Edits]:
    """A sum is a difference, a product a quotient, and what was negative is not."""
    node, source = place.node, place.source
    match node:
        case ast.BinOp(left=left, op=operator, right=right) if _reckons(place, left, right):
            yield from _other(place, operator, source.end(left), source.start(right))
        case ast.AugAssign(target=target, op=operator, value=value) if _reckons(place, value):
            yield from _other(place, operator, source.end(target), source.start(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield (Edit(source.start(node), source.start(node) + len("-"), ""),)


def _other(place: Place, operator: ast.operator, start: int, end: int) -> Iterator[Edits]:
    if type(operator) not in OTHERS:
        return
    old, new = OTHERS[type(operator)]
    found = place.source.between(start, end).find(old)
    if found >= 0:
        yield (Edit(start + found, start + found + len(old), new),)


def _reckons(place: Place, *operands: ast.expr) -> bool:
    """Whether numbers (or sets) are at hand, as far as it shows: neither texts, nor lists, nor types."""
    for operand in operands:
        if isinstance(operand, NO_NUMBERS):
            return False
        if isinstance(operand, ast.Constant) and not isinstance(operand.value, int | float):
            return False
    asked = place.parent.func if isinstance(place.parent, ast.Call) else None
    return not (isinstance(asked, ast.Name) and asked.id in ("isinstance", "issubclass"))
