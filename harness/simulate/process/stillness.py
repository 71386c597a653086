"""Keeps a simulation from speaking: what its code logs, and what Python says of the coroutines of the dead.

A process that is killed never gets to its ``finally``. Here its coroutines are collected some time, and Python runs
them then and complains of those that wait once more. That is seen to here, where nothing can come of it any more.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

IGNORED = "coroutine ignored GeneratorExit"


@contextmanager
def still() -> Iterator[None]:
    """Nothing of a simulation in here is heard, and nothing of it is left afterwards."""
    before, hook = logging.root.manager.disable, sys.unraisablehook

    def filtered(unraisable: Any) -> None:
        if IGNORED not in str(unraisable.exc_value):
            hook(unraisable)

    gc.freeze()  # what was there before need not be looked through afterwards
    logging.disable(logging.CRITICAL)
    sys.unraisablehook = filtered
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        sys.unraisablehook = hook
        logging.disable(before)
