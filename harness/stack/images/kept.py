"""Folders that are made once and kept in the cache: whole or not at all, whoever is interrupted or comes second."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.stack.programs.binaries import cache_folder


def kept(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder ``KIND/KEY`` of the cache, filled by ``make`` if it is not there yet.

    :param key: changes with everything that the content depends on.
    """
    folder = cache_folder() / kind / key
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        make(made)
        # Whoever was quicker has made the same.
        if not folder.is_dir():
            os.replace(made, folder)
    return folder
