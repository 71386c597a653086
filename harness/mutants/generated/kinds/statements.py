"""A statement is left out, or done before the one that it came after."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits
from harness.mutants.generated.spared import is_log

MAKING = ("__init__", "__post_init__")
"""Where an attribute that is not set is an error at the next step, which proves nothing of any check, and where nobody
sees which was set first."""


def dropped_statement(place: Place) -> Iterator[Edits]:
    """A call, a change of something, an early return or the next turn of a loop is left out."""
    node = place.node
    match node:
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Delete() | ast.Continue():
            yield place.becomes("pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if not place.function.endswith(MAKING):
            yield place.becomes("pass")
        case ast.Return() if isinstance(place.parent, ast.If):
            yield place.becomes("pass")


def dropped_await(place: Place) -> Iterator[Edits]:
    """What is awaited for its effect alone is not begun."""
    if isinstance(place.node, ast.Expr) and isinstance(place.node.value, ast.Await):
        yield place.becomes("pass")


def order(place: Place) -> Iterator[Edits]:
    """Two neighbours that look independent change places."""
    one, source = place.node, place.source
    other = _next(place)
    if other is None or not (isinstance(one, ast.stmt) and _acts(one) and _acts(other)) or _is_quiet(one, other):
        return
    if place.function.endswith(MAKING):
        return
    if _bound(one) & (_bound(other) | _read(other)) or _bound(other) & _read(one):
        return
    yield (
        Edit(source.start(one), source.end(one), source.segment(other)),
        Edit(source.start(other), source.end(other), source.segment(one)),
    )


def _next(place: Place) -> ast.stmt | None:
    for field in ("body", "orelse", "finalbody"):
        body = getattr(place.parent, field, None)
        if isinstance(body, list) and place.node in body[:-1]:
            following: ast.stmt = body[body.index(place.node) + 1]
            return following
    return None


def _acts(node: ast.stmt) -> bool:
    """Whether others may notice when it is done: it calls for nothing but the effect, sets a member, or awaits."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()):
            return not is_log(node.value)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
            return True
        case ast.Assign():
            return _awaits(node)
    return False


def _awaits(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Await) for each in ast.walk(node))


def _is_quiet(*nodes: ast.stmt) -> bool:
    """Whether nothing is called in either, so that nobody can look in between."""
    return not any(isinstance(each, ast.Call | ast.Await) for node in nodes for each in ast.walk(node))


def _bound(node: ast.stmt) -> set[str]:
    """The names that it sets, those of members with their owners."""
    return {ast.unparse(each) for each in ast.walk(node) if _is_name(each) and not _is_read(each)}


def _read(node: ast.stmt) -> set[str]:
    return {ast.unparse(each) for each in ast.walk(node) if _is_name(each) and _is_read(each)}


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)
