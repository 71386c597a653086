"""Forgets what was imported of a project, so that the next import finds its modules as a new process would.

Who keeps his orders in a dictionary of a module has them for as long as the process lives. A simulation is a world of
its own, and the next one in the same process must find nothing of it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from harness.application.project import OURS

KEPT = frozenset({*OURS, "__main__", "__mp_main__"})
INSTALLED = "site-packages"


def forget(folders: Sequence[Path], claims: str) -> None:
    """Forget every module that was imported from these folders, but what is installed, and tests.

    :param claims: the package of the project's claims, which lie in files that are called as tests are.
    """
    for name, module in list(sys.modules.items()):
        package, _, last = name.rpartition(".")
        tests = last.startswith(("test_", "conftest")) and package.split(".")[0] != claims.split(".")[0]
        if name.split(".")[0] not in KEPT and not tests and _lies_in(module, folders):
            del sys.modules[name]
    importlib.invalidate_caches()


def _lies_in(module: ModuleType, folders: Sequence[Path]) -> bool:
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if not isinstance(file, str) or INSTALLED in Path(file).parts:
        return False
    return any(Path(file).is_relative_to(folder) for folder in folders)
