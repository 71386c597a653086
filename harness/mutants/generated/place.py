"""A place in a file where something may be changed, and the walk over all of them.

What stands in an f-string is no place: before Python 3.12 its nodes do not say where they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.mutants.generated.source import Edit, Source

MODULE = "module"
"""What stands for the function where there is none."""


@dataclass(frozen=True)
class Place:
    """One node of a file.

    :param statement: the innermost statement that it is in: the header, where that has a body.
    :param function: the qualified name of the function or class around it, or ``module``.
    """

    source: Source
    node: ast.AST
    parent: ast.AST
    statement: ast.stmt
    function: str

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source.segment(self.node)

    @property
    def lines(self) -> range:
        """The lines of the statement, without those of its body."""
        first, last = self.statement.lineno, self.statement.end_lineno or self.statement.lineno
        body = getattr(self.statement, "body", None) or getattr(self.statement, "cases", None)
        if body:
            inner = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
            last = max(first, inner.lineno - 1)
        return range(first, last + 1)

    def becomes(self, text: str) -> tuple[Edit]:
        """The change that puts the text in the node's place."""
        return (Edit(self.source.start(self.node), self.source.end(self.node), text),)


def places(source: Source, spared: frozenset[ast.AST]) -> Iterator[Place]:
    """Every place of a file from top to bottom, without those that are spared and what is in them."""
    for statement in source.tree.body:
        yield from _walk(Place(source, statement, source.tree, statement, MODULE), spared)


def _walk(place: Place, spared: frozenset[ast.AST]) -> Iterator[Place]:
    if place.node in spared:
        return
    yield place
    if isinstance(place.node, ast.JoinedStr):
        return
    function = place.function
    if isinstance(place.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        function = place.node.name if function == MODULE else f"{function}.{place.node.name}"
    for child in ast.iter_child_nodes(place.node):
        statement = place.statement
        if isinstance(child, ast.stmt):
            statement = child
        elif isinstance(child, ast.ExceptHandler):
            statement = child.body[0]
        inner = replace(place, node=child, parent=place.node, statement=statement, function=function)
        yield from _walk(inner, spared)
