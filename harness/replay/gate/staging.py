"""Lays a corpus out for the children of a replay: one plain file for each history, whatever it is kept as."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.replay.reasons import UNREADABLE
from harness.replay.result import Result


@dataclass(frozen=True)
class Staged:
    """``files`` says which file of the corpus each laid-out file is, by name; ``refused`` is what cannot be read."""

    files: Mapping[str, Path]
    refused: Mapping[Path, Result]


def stage(corpus: Sequence[Path], folder: Path) -> Staged:
    """Lay the histories out in a folder, which is made."""
    folder.mkdir(parents=True)
    files, refused = {}, {}
    for number, file in enumerate(corpus):
        laid = folder / f"{number:06d}.json"
        try:
            laid.write_bytes(read_bytes(file))
        except (OSError, EOFError, zlib.error) as error:
            told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            refused[file] = Result(UNREADABLE, f"cannot be read: {told}")
            continue
        files[laid.name] = file
    return Staged(files, refused)


def read_bytes(file: Path) -> bytes:
    """The JSON of a history.

    :raises OSError: it cannot be read, or is no gzip.
    """
    content = file.read_bytes()
    return gzip.decompress(content) if file.name.endswith(".gz") else content
