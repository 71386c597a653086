"""What is written into the code: numbers one off, and constants that are others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits

MARK = "~"
"""What a text gains: allowed in a path, in a header and in a date's format."""
COUNTED = (ast.BinOp, ast.AugAssign, ast.Compare, ast.Subscript, ast.Slice, ast.UnaryOp)
"""Where a number counts or is reckoned with, and so is one too many or too few; elsewhere it is a setting."""


def off_by_one(place: Place) -> Iterator[Edits]:
    """One more, and one less."""
    if isinstance(place.node, ast.Constant) and type(place.node.value) is int and _counts(place.parent):
        yield place.becomes(str(place.node.value + 1))
        yield place.becomes(str(place.node.value - 1))


def constant(place: Place) -> Iterator[Edits]:
    """A number is twice as much, a text one sign longer, a truth value its opposite, and what was nothing is not."""
    node = place.node
    if isinstance(node, ast.JoinedStr):
        yield _longer(place)
    elif isinstance(node, ast.Constant):
        match node.value:
            case bool():
                yield place.becomes(str(not node.value))
            case None if not isinstance(place.parent, ast.Compare):
                yield place.becomes("0")
            case int() if not _counts(place.parent):
                yield place.becomes(str(node.value * 2 or 1))
            case float():
                yield place.becomes(str(node.value * 2 or 1.0))
            case str() | bytes():
                yield _longer(place)


def _counts(parent: ast.AST) -> bool:
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in ("range", "enumerate")
    return isinstance(parent, COUNTED)


def _longer(place: Place) -> Edits:
    """The text with the mark before its closing quotes."""
    text = place.text
    quotes = 3 if text.endswith(('"""', "'''")) else 1
    end = place.source.end(place.node) - quotes
    return (Edit(end, end, MARK),)
