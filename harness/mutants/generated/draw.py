"""Draws mutants by the seed: spread over kinds and files, none twice, and each one a program that differs.

Data flow: candidates, a seed, the lines that are reached → **draw** → ``Generated``, one after the other.

The order among changes of one kind and file comes from the seed and each one's *name*. So an edit elsewhere, or another
line that is reached, does not shuffle the rest.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from math import sqrt

from harness.mutants.generated.candidates import Candidate
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.kinds.every import KINDS
from harness.seed import Seed

Line = tuple[str, int]
"""A file's path from the project's root, with forward slashes, and the number of a line in it."""

Waiting = dict[str, dict[str, list[Candidate]]]
"""Kind → file → what may still be drawn of it, the next one last."""


def draw(
    candidates: Sequence[Candidate], count: int, seed: Seed, reached: Collection[Line] | None = None
) -> list[Generated]:
    """The first ``count`` mutants of ``drawn``: fewer where there are no more."""
    return list(islice(drawn(candidates, seed, reached), count))


def drawn(candidates: Sequence[Candidate], seed: Seed, reached: Collection[Line] | None = None) -> Iterator[Generated]:
    """Mutants as long as there are any.

    :param reached: only statements of which one of these lines is a part are changed; ``None`` allows all.
    """
    fitting = [each for each in candidates if reached is None or _is_reached(each, reached)]
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for candidate in _in_turn(fitting, seed):
        made = _made(candidate)
        if made is not None and made not in seen[candidate.source.file]:
            seen[candidate.source.file].add(made)
            yield candidate.generated()


def _is_reached(candidate: Candidate, reached: Collection[Line]) -> bool:
    return any((candidate.source.file, line) in reached for line in candidate.lines)


def _in_turn(fitting: Sequence[Candidate], seed: Seed) -> Iterator[Candidate]:
    """One after the other: always of the kind that has had the least of its share, and of the file that has.

    A file's share grows with the square root of what can be changed in it, so that a long one does not have them all.
    """
    waiting = _shuffled(fitting, seed)
    shares = {file: sqrt(number) for file, number in Counter(each.source.file for each in fitting).items()}
    weights = {kind.name: kind.weight for kind in KINDS}
    # A part of one is taken of each before the first draw, so that another seed begins with others.
    of_kind = {kind: seed.stream(f"mutants/of kind {kind}").random() for kind in weights}
    of_file = {file: seed.stream(f"mutants/of file {file}").random() for file in shares}
    while waiting:
        kind = min(waiting, key=lambda kind: of_kind[kind] / weights[kind])
        files = waiting[kind]
        file = min(files, key=lambda file: of_file[file] / shares[file])
        of_kind[kind] += 1
        of_file[file] += 1
        yield files[file].pop()
        if not files[file]:
            del files[file]
        if not files:
            del waiting[kind]


def _shuffled(fitting: Sequence[Candidate], seed: Seed) -> Waiting:
    waiting: Waiting = {}
    for each in sorted(fitting, key=lambda each: (seed.stream(f"mutants/{each.name}").random(), each.name)):
        waiting.setdefault(each.kind, {}).setdefault(each.source.file, []).append(each)
    return waiting


def _made(candidate: Candidate) -> str | None:
    """The program that the change makes, or ``None`` if that is none, or the one that it was."""
    source = candidate.source
    text = source.changed(candidate.edits)
    try:
        compile(text, source.file, "exec", dont_inherit=True)
        made = ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return None
    return None if made == ast.dump(source.tree) else made
