"""Every change that could be made to the application, each with the name that it keeps.

Data flow: sources → **candidates** → ``draw``. A name is made of the file's stem, the function, the kind and a digest
of the lines before and after, with an ordinal where the same lines stand in one function twice. So it survives edits
elsewhere, and a reviewed file may say of it what a person has found out.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.mutants.generated.generated import Generated
from harness.mutants.generated.kinds.every import KINDS
from harness.mutants.generated.patch import diff_of
from harness.mutants.generated.place import Place, places
from harness.mutants.generated.source import Edit, Edits, Source
from harness.mutants.generated.spared import imported_names, spared_in

DIGITS = 8


@dataclass(frozen=True)
class Candidate:
    """A change that could be made. ``lines`` are those of the statement that it is in."""

    name: str
    kind: str
    source: Source
    function: str
    lines: range
    edits: Edits

    def generated(self) -> Generated:
        """The same as a value with its diff."""
        source = self.source
        diff = diff_of(source.file, source.text, source.changed(self.edits))
        line = source.line_of(min(edit.start for edit in self.edits))
        return Generated(self.name, source.file, source.module, self.function, self.kind, line, diff)


def candidates(sources: Sequence[Source]) -> list[Candidate]:
    """All changes, file by file from top to bottom; of two kinds that do the same to a file the first has it."""
    imported = imported_names(source.tree for source in sources)
    return [each for source in sources for each in _of(source, spared_in(source.tree, imported))]


def _of(source: Source, spared: frozenset[ast.AST]) -> Iterator[Candidate]:
    seen: set[Edits] = set()
    alike: Counter[tuple[str, str, str]] = Counter()
    for place in places(source, spared):
        for kind in KINDS:
            for edits in kind.changes(place):
                least = tuple(sorted((_least(source, edit) for edit in edits), key=lambda edit: edit.start))
                if least in seen:
                    continue
                seen.add(least)
                lines = _changed_lines(source, edits)
                key = (place.function, kind.name, lines)
                alike[key] += 1
                name = _name(source, place, kind.name, f"{lines}\n{alike[key]}")
                yield Candidate(name, kind.name, source, place.function, place.lines, edits)


def _least(source: Source, edit: Edit) -> Edit:
    """The same edit without what it only repeats: `raise` → `pass` is one change, whoever proposes it."""
    old, new = source.between(edit.start, edit.end).encode(), edit.text.encode()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    # Bytes of one letter may be parted here, so the text is kept as what it takes and puts, and is not made again.
    return Edit(edit.start + start, edit.end - end, new[start : len(new) - end].hex())


def _changed_lines(source: Source, edits: Edits) -> str:
    """The lines that the edits touch, before and after, without what stands in front of and behind each."""
    first = source.line_of(min(edit.start for edit in edits))
    last = source.line_of(max(edit.end for edit in edits))
    before, after = source.text.split("\n"), source.changed(edits).split("\n")
    parts = before[first - 1 : last], after[first - 1 : last + len(after) - len(before)]
    return "\n→\n".join("\n".join(line.strip() for line in part) for part in parts)


def _name(source: Source, place: Place, kind: str, change: str) -> str:
    digest = hashlib.sha256(f"{source.file}\0{place.function}\0{kind}\0{change}".encode()).hexdigest()
    return f"{PurePosixPath(source.file).stem}.{place.function}.{kind}.{digest[:DIGITS]}"
