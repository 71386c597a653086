"""Lays a corpus out for the children of a replay: one plain file for each history, whatever it is kept as."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.replay.gate.prefixes import prefixes_of
from harness.replay.reasons import UNREADABLE
from harness.replay.result import Result


@dataclass(frozen=True)
class Staged:
    """``files`` says which file of the corpus each laid-out file is, by name; ``refused`` is what cannot be read.

    ``parts`` says the same of prefixes, each with the number of its last event.
    """

    files: Mapping[str, Path]
    refused: Mapping[Path, Result]
    parts: Mapping[str, tuple[Path, int]]


def stage(corpus: Sequence[Path], folder: Path, *, prefixes: bool = False) -> Staged:
    """Lay the histories out in a folder, which is made.

    :param prefixes: lay out also each history as it was while its execution was in flight.
    """
    folder.mkdir(parents=True)
    files: dict[str, Path] = {}
    refused: dict[Path, Result] = {}
    parts: dict[str, tuple[Path, int]] = {}
    for number, file in enumerate(corpus):
        laid = folder / f"{number:06d}.json"
        try:
            laid.write_bytes(read_bytes(file))
        except (OSError, EOFError, zlib.error) as error:
            told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            refused[file] = Result(UNREADABLE, f"cannot be read: {told}")
            continue
        files[laid.name] = file
        for count, text in prefixes_of(laid) if prefixes else ():
            part = folder / f"{number:06d}-{count:06d}.json"
            part.write_text(text, encoding="utf-8")
            parts[part.name] = file, count
    return Staged(files, refused, parts)


def read_bytes(file: Path) -> bytes:
    """The JSON of a history.

    :raises OSError: it cannot be read, or is no gzip.
    """
    content = file.read_bytes()
    return gzip.decompress(content) if file.name.endswith(".gz") else content
