"""One of several parts is missing: a key, a keyword argument, a value in a text, the default of a look-up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from harness.mutants.generated.place import Place
from harness.mutants.generated.source import Edit, Edits, Source

Extent = tuple[int, int]


def dropped_key(place: Place) -> Iterator[Edits]:
    """A dict without one of its keys, a call without one of its keyword arguments, a text without one of its values."""
    node, source = place.node, place.source
    if isinstance(node, ast.Dict):
        keyed = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        if len(keyed) == len(node.keys):
            extents = [(source.start(key), source.end(value)) for key, value in keyed]
            yield from (_without(source, extents, index, source.end(node) - 1) for index in range(len(extents)))
    elif isinstance(node, ast.Call):
        given = sorted([*node.args, *node.keywords], key=source.start)
        extents = [(source.start(each), source.end(each)) for each in given]
        for index, each in enumerate(given):
            if isinstance(each, ast.keyword) and each.arg is not None:
                yield _without(source, extents, index, source.end(node) - 1)
    elif isinstance(node, ast.JoinedStr):
        fields = sum(isinstance(value, ast.FormattedValue) for value in node.values)
        found = list(_fields(place.text))
        if len(found) == fields:
            start = source.start(node)
            yield from ((Edit(start + first, start + end, ""),) for first, end in found)


def default(place: Place) -> Iterator[Edits]:
    """What ``get`` and ``pop`` give where there is nothing is not given."""
    node, source = place.node, place.source
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop")):
        return
    if len(node.args) == 2 and not node.keywords and ast.dump(node.args[1]) != ast.dump(ast.Constant(None)):
        yield (Edit(source.end(node.args[0]), source.end(node.args[1]), ""),)


def _without(source: Source, extents: Sequence[Extent], index: int, closing: int) -> Edits:
    """Without one member of a list, and without the comma that it needed. A member's own parentheses go with it."""
    start, end = extents[index]
    if index + 1 < len(extents):
        return (Edit(start, extents[index + 1][0], ""),)
    if index == 0:
        return (Edit(start, closing, ""),)
    before = extents[index - 1][1]
    comma = source.between(before, start).find(",")
    behind = re.match(r"(?:\s*\))*", source.between(end, closing))
    return (Edit(before + comma, end + (behind.end() if behind else 0), ""),)


def _fields(text: str) -> Iterator[Extent]:
    """Where the replacement fields of an f-string stand, in bytes."""
    depth = first = position = 0
    while position < len(text):
        if depth == 0 and text[position : position + 2] in ("{{", "}}"):
            position += 2
            continue
        if text[position] == "{":
            first, depth = (position, 1) if depth == 0 else (first, depth + 1)
        elif text[position] == "}" and depth:
            depth -= 1
            if depth == 0:
                yield len(text[:first].encode()), len(text[: position + 1].encode())
        position += 1
