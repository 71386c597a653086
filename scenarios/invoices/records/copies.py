"""A copy of a record that is damaged again and again: only what is not as in the record any more is put right.

What is written anew has another time or size, so looking at each file is enough; reading them all would cost more than
what the copy is made for.
"""

from __future__ import annotations

import shutil
from pathlib import Path


def made_whole(run: Path, copy: Path) -> Path:
    """Make ``copy``, which need not be there yet, hold what the record ``run`` holds and nothing else; returns it."""
    copy.mkdir(exist_ok=True)
    wanted, found = _looks(run), _looks(copy)
    # The deepest first: of a folder that goes, the files have gone.
    for name in sorted(found, reverse=True):
        if found[name] != wanted.get(name):
            path = copy / name
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    for name in sorted(wanted):
        if found.get(name) != wanted[name]:
            if (run / name).is_dir():
                (copy / name).mkdir()
            else:
                shutil.copy2(run / name, copy / name)
    return copy


def _looks(folder: Path) -> dict[str, tuple[int, ...]]:
    """What each path below the folder looks like: its sort, and of a file its size and when it was written."""
    looks: dict[str, tuple[int, ...]] = {}
    for path in folder.rglob("*"):
        stat = path.lstat()
        is_folder = path.is_dir() and not path.is_symlink()
        looks[path.relative_to(folder).as_posix()] = (
            (stat.st_mode,) if is_folder else (stat.st_mode, stat.st_size, stat.st_mtime_ns)
        )
    return looks
