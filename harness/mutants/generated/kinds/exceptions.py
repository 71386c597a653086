"""What went wrong is not told, or nothing is done about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits


def swallowed(place: Place) -> Iterator[Edits]:
    """A ``raise``, or all that is done about an exception, is left out."""
    node, source = place.node, place.source
    if isinstance(node, ast.Raise):
        yield place.becomes("pass")
    elif isinstance(node, ast.ExceptHandler) and not all(isinstance(each, ast.Pass) for each in node.body):
        yield (Edit(source.start(node.body[0]), source.end(node.body[-1]), "pass"),)
