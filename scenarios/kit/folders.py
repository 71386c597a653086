"""Which folders are families under test: those with a ``family.py``. One that only looks like it is refused by name.

Pure, and nothing of the application: the world rests on it. Nobody would miss the mutants, histories or effects of a
folder that was passed over in silence.
"""

from __future__ import annotations

from pathlib import Path

SCENARIOS = Path(__file__).parents[1]

SHARED = "kit"
"""What all families share is none."""

SIGNS = ("effects.py", "oracle.py", "oracle/*.py", "workload.py", "workload/*.py", "mutants/*.patch", "histories/*.py")
"""What only a family has."""


def family_folders(scenarios: Path = SCENARIOS) -> list[Path]:
    """The folder of each family, in alphabetical order.

    :raises ValueError: one has what only a family has, and no ``family.py``.
    """
    found = []
    for folder in sorted(each for each in scenarios.iterdir() if each.is_dir() and each.name != SHARED):
        if (folder / "family.py").is_file():
            found.append(folder)
        elif sign := next((file for sign in SIGNS for file in folder.glob(sign)), None):
            place = f"{scenarios.name}/{folder.name}"
            told = (
                f"{place} looks like a family, for it has {sign.relative_to(folder)}; add {place}/family.py with FAMILY"
            )
            raise ValueError(f"{told}, a scenarios.kit.family.Family (docs/family.md)")
    return found
