"""The seal of a run: ``seal.json``, written last, says of every file of the record what it held when all was over.

Data flow: take down → **seal** → check and report, and whoever judges the directory again. It names what was
changed, taken away or added since, by file and line. It keeps no secret: who can write the directory can seal it again,
and what then still tells is in ``harness.record.integrity.agreement`` and docs/records.md.

Not sealed: ``state/`` and ``logs/``, which nothing is judged by, and what judging writes anew (``verdict.json``,
``report.html``, ``junit.xml``).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.application.sources import Sources
from harness.errors import EnvironmentMissing, UsageError
from harness.record.rundir import write_bytes
from harness.typed import made
from harness.verdict import Finding

SEAL = "seal.json"
UNSEALED = "the run is not over, or it was killed before it could be sealed"
FORMAT = 1
FILES = ("run.json", "plan.json", "input.json", "mutant.patch")
FOLDERS = ("journal", "histories", "attachments")
SEAL_BYTES_AT_MOST = 64 * 2**20
PIECE_BYTES = 2**20


@dataclass(frozen=True)
class SealedFile:
    """What one file held. ``marks`` are the CRC-32 of each line as text, so that the line that changed can be named.

    Files that nobody reads line by line (histories, attachments) have no marks.
    """

    sha256: str
    size_bytes: int
    lines: int
    marks: str = ""


@dataclass(frozen=True)
class Seal:
    """The content of ``seal.json``. ``files`` are by their path in the run directory, with slashes."""

    format: int
    run_id: str
    sources: Mapping[str, Any]
    files: Mapping[str, Any]

    def file(self, name: str) -> SealedFile:
        """What the seal says of this file."""
        return made(SealedFile, self.files[name], f"{SEAL}: {name}")


def write_seal(folder: Path, run_id: str, sources: Sources) -> None:
    """Seal the run directory. Everything that writes into it must have ended.

    :raises EnvironmentMissing: a file cannot be read or the seal cannot be written.
    """
    try:
        files = {name: asdict(_sealed(folder, name)) for name in _found(folder)}
        write_bytes(folder / SEAL, _content(asdict(Seal(FORMAT, run_id, asdict(sources), files))))
    except OSError as error:
        raise EnvironmentMissing(f"cannot seal {folder}: {error.filename}: {error.strerror}") from error


def read_seal(folder: Path) -> Seal:
    """The seal of a run directory.

    :raises UsageError: there is none, or it is not one that was written by ``write_seal``.
    """
    path = folder / SEAL
    try:
        content = read_regular(path, SEAL_BYTES_AT_MOST)
    except FileNotFoundError:
        raise UsageError(f"{SEAL}: there is none: {UNSEALED}") from None
    except OSError as error:
        raise UsageError(f"{SEAL}: {error.strerror or error}") from error
    try:
        said = json.loads(content)
        del said["sealed"]
        if content != _content(said):
            raise ValueError("it was changed")
        seal = made(Seal, said, SEAL)
        if seal.format != FORMAT:
            raise ValueError(f"it has the format {seal.format}, and this version of Assay reads {FORMAT}")
        for name in seal.files:
            seal.file(name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"{SEAL}: not a seal: {error}") from error
    return seal


def changes(folder: Path, seal: Seal) -> Iterator[Finding]:
    """Everything in which the directory is not what was sealed."""
    found = set()
    for name, usual in _entries(folder):
        found.add(name)
        if not usual:
            yield Finding(name, "is not a plain file, as everything of a record is")
        elif name not in seal.files:
            yield Finding(name, "was added after the run had been sealed")
        else:
            try:
                yield from _change(folder, name, seal.file(name))
            except OSError as error:
                yield Finding(name, f"cannot be read: {error.strerror or error}")
    for name in sorted(seal.files.keys() - found):
        yield Finding(name, "is missing: it was there when the run was sealed")


def read_regular(path: Path, bytes_at_most: int) -> bytes:
    """The content of a plain file: no link, no device, nothing that could block or fill the memory.

    :raises OSError: it is something else, larger, not there or not readable.
    """
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError("is not a plain file, as everything of a record is")
    if status.st_size > bytes_at_most:
        raise OSError(f"is larger than {bytes_at_most:,} bytes")
    return path.read_bytes()


def _change(folder: Path, name: str, was: SealedFile) -> Iterator[Finding]:
    if (folder / name).stat().st_size > 2 * was.size_bytes + PIECE_BYTES:
        yield Finding(name, f"is much larger than the {was.size_bytes:,} bytes that were sealed")
        return
    now = _sealed(folder, name)
    if now.sha256 == was.sha256:
        return
    lines = f"{was.lines:,} lines were sealed, {now.lines:,} are there"
    if was.marks:
        pairs = zip(_marks(was.marks), _marks(now.marks), strict=False)
        first = next((at for at, (then, today) in enumerate(pairs, 1) if then != today), min(was.lines, now.lines) + 1)
        yield Finding(f"{name}:{first}", f"is not the line that was sealed, the first of them ({lines})")
    else:
        yield Finding(name, f"is not what was sealed ({lines})")


def _found(folder: Path) -> Iterator[str]:
    return (name for name, usual in _entries(folder) if usual)


def _entries(folder: Path) -> Iterator[tuple[str, bool]]:
    """Path of everything that belongs under the seal, and whether it is a plain file; links are not followed."""
    for name in FILES:
        if os.path.lexists(folder / name):
            yield name, stat.S_ISREG(os.lstat(folder / name).st_mode)
    for name in FOLDERS:
        if (folder / name).is_symlink() or (os.path.lexists(folder / name) and not (folder / name).is_dir()):
            yield name, False
            continue
        for parent, folders, files in os.walk(folder / name):
            here = Path(parent)
            links = [each for each in folders if (here / each).is_symlink()]
            for each in sorted([*files, *links]):
                path = here / each
                yield path.relative_to(folder).as_posix(), stat.S_ISREG(os.lstat(path).st_mode)


def _sealed(folder: Path, name: str) -> SealedFile:
    by_line = name.startswith("journal/") or name in FILES
    digest, size, lines, marks, last = hashlib.sha256(), 0, 0, [], b"\n"
    with (folder / name).open("rb") as content:
        while piece := content.readline(PIECE_BYTES) if by_line else content.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
            last = piece
            if by_line:
                marks.append(f"{zlib.crc32(piece):08x}")
    return SealedFile(digest.hexdigest(), size, lines + (not last.endswith(b"\n")), "".join(marks))


def _marks(text: str) -> list[str]:
    return [text[at : at + 8] for at in range(0, len(text), 8)]


def _content(said: Mapping[str, Any]) -> bytes:
    """The one way to write it: the same seal always has the same bytes, and a digest of its own."""
    whole = {**said, "sealed": hashlib.sha256(_text(said)).hexdigest()}
    return _text(whole) + b"\n"


def _text(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=True).encode()
