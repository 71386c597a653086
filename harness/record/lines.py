"""A line of a journal as a value of the record, and the place it stands at when it cannot be one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from harness.errors import UsageError
from harness.typed import made

Line = Mapping[str, Any]


def pick(kind: type[Any], line: Line, **extra: Any) -> Any:
    """The dataclass of this kind from a line, leaving the line's own bookkeeping (writer, seq, kind) out.

    :raises UsageError: the line is none of this kind; the message says where it stands.
    """
    fields = {name: line[name] for name in kind.__dataclass_fields__ if name in line}
    return made(kind, {**fields, **extra}, place_of(line))


@contextlib.contextmanager
def at(line: Line) -> Iterator[None]:
    """Names the line in whatever goes wrong with it: what it lacks, or what it says of something that is not there."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        told = f"it lacks or does not know {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(f"{place_of(line)}: not a record of the kind {line.get('kind')}: {told}") from error


def place_of(line: Line) -> str:
    """File and line of a record: a writer counts its lines from 1, without gaps."""
    return f"journal/{line.get('writer')}.jsonl:{line.get('seq')}"
