"""Garbage is collected between steps of a simulation and never within one.

Collecting runs what has to do with the end of things: ``finally`` blocks of coroutines that nobody will wake, and
finalizers. Within a step that would be in the middle of somebody else's code, at a moment that no seed determines.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

STEPS_BETWEEN = 5_000
"""Most simulations are shorter. A long one would otherwise fill the memory."""


@contextmanager
def kept() -> Iterator[None]:
    """Nothing is collected in here by itself."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def collect_young(steps: int) -> None:
    """Between two steps: collect what has become garbage lately, every so many steps."""
    if steps % STEPS_BETWEEN == 0:
        gc.collect(1)
