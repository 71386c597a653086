"""What the simulator needs of this project: the company in memory, in a simulation's time, and the families.

Found by name (``[tool.assay] simulated``). Each package under ``scenarios`` with a module ``simulated`` offers a family
as ``SIMULATED``; a family is added by adding its folder. Data flow: seed → company → **simulation** → record.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from pathlib import Path

from harness.simulate.binding import Family
from scenarios.kit.simulated.fates import FAULTS


@dataclass(frozen=True)
class Simulated:
    """See ``harness.simulate.binding.Simulated``."""

    faults: tuple[str, ...]

    @property
    def families(self) -> tuple[Family, ...]:
        """All that can be simulated, by name.

        :raises ValueError: a module offers none.
        """
        return _families()


@functools.cache
def _families() -> tuple[Family, ...]:
    names = sorted(file.parent.name for file in Path(__file__).parents[2].glob("*/simulated.py"))
    return tuple(_family(f"scenarios.{name}.simulated") for name in names)


def _family(name: str) -> Family:
    family: Family | None = getattr(importlib.import_module(name), "SIMULATED", None)
    if family is None:
        raise ValueError(f"{name} must have SIMULATED, a harness.simulate.binding.Family")
    return family


simulated = Simulated(FAULTS)
"""All that can be simulated here."""
