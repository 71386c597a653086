"""Reads and copies the files of a project, whatever lies among them: pipes, sockets, links to nowhere or in a circle.

An editor leaves a link to nowhere beside each file that is open in it, and a server a socket where it was started. A
run on the project's own folder does not see them; so neither does one on a copy of it.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from harness.application.imported import SPENT
from harness.errors import AssayError, EnvironmentMissing, UsageError


def content_of(file: Path, mend: str) -> bytes:
    """What is in a file; a pipe is not waited for.

    :param mend: what mends it, for the error.
    :raises UsageError: it cannot be read, or is no file.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise UsageError(f"{file}: cannot be read: it is a folder, a pipe or the like, and no file; {mend}")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}; {mend}") from error


def copy_code(code: Path, copy: Path) -> None:
    """Copy a package or a module. What no program could read in it, and what Python compiled, is left out.

    :raises UsageError: a file of it cannot be read.
    :raises EnvironmentMissing: there is no room for the copy.
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        if code.is_dir():
            shutil.copytree(code, copy, ignore=_left_out, copy_function=_copy)
        else:
            _copy(code, copy)
    except shutil.Error as error:
        told = "; ".join(f"{source}: {why}" for source, _, why in error.args[0])
        raise UsageError(f"{code} cannot be copied: {told}") from error
    except OSError as error:
        raise _refusal(error.filename or code, error) from error


def _copy(source: str | Path, target: str | Path) -> None:
    try:
        shutil.copy2(source, target)
    except OSError as error:
        raise _refusal(source, error) from error


def _refusal(place: object, error: OSError) -> AssayError:
    kind = EnvironmentMissing if error.errno in SPENT else UsageError
    return kind(f"{place} cannot be copied: {error.strerror}")


def _left_out(folder: str, names: Iterable[str]) -> set[str]:
    """What is not copied of the names in a folder."""
    around = {os.path.realpath(each) for each in (Path(folder), *Path(folder).parents)}
    return {name for name in names if name == "__pycache__" or not _can_be_copied(os.path.join(folder, name), around)}


def _can_be_copied(path: str, around: set[str]) -> bool:
    """Whether it is a file, or a folder that is none of those around it."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return not os.path.islink(path)
    return stat.S_ISREG(mode) or (stat.S_ISDIR(mode) and os.path.realpath(path) not in around)
