"""Conditions: the boundary of a comparison, and the opposite of what is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits

BOUNDARIES: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
}
OPPOSITES: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}


def boundary(place: Place) -> Iterator[Edits]:
    """What is equal falls on the other side."""
    if isinstance(place.node, ast.Compare):
        yield from _operators(place, place.node, BOUNDARIES)


def negated(place: Place) -> Iterator[Edits]:
    """The condition is its opposite."""
    node = place.node
    if isinstance(node, ast.Compare):
        yield from _operators(place, node, OPPOSITES)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (Edit(place.source.start(node), place.source.start(node) + len("not "), ""),)
    elif _is_condition(place):
        yield place.becomes(f"not ({place.text})")


def _operators(
    place: Place, compare: ast.Compare, others: Mapping[type[ast.cmpop], tuple[str, str]]
) -> Iterator[Edits]:
    source = place.source
    for left, operator, right in zip(
        [compare.left, *compare.comparators], compare.ops, compare.comparators, strict=False
    ):
        if type(operator) not in others:
            continue
        old, new = others[type(operator)]
        start = source.end(left)
        # What stands between is the operator and perhaps a parenthesis.
        if found := re.search(old, source.between(start, source.start(right))):
            yield (Edit(start + found.start(), start + found.end(), new),)


def _is_condition(place: Place) -> bool:
    node, parent = place.node, place.parent
    if isinstance(node, ast.Constant) or (isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITES):
        return False
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return node is parent.test
    if isinstance(parent, ast.comprehension):
        return node in parent.ifs
    # A function that is handed over to be asked, and not one that names what to sort by.
    asked = isinstance(parent, ast.Lambda) and node is parent.body
    return asked and isinstance(node, ast.Compare | ast.BoolOp | ast.Attribute)
