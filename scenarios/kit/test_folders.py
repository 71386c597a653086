"""A family is found by its file, and a folder that only looks like one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.kit.folders import family_folders


def put(root: Path, *names: str) -> None:
    for name in names:
        file = root / "scenarios" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_families_are_the_folders_with_the_file(tmp_path: Path) -> None:
    put(tmp_path, "orders/family.py", "orders/effects.py", "bills/family.py", "nightly/log.py", "kit/effects.py")
    assert [folder.name for folder in family_folders(tmp_path / "scenarios")] == ["bills", "orders"]


@pytest.mark.parametrize(
    "sign",
    ["effects.py", "oracle.py", "oracle/rows.py", "workload.py", "mutants/lost.patch", "histories/record.py"],
)
def test_one_that_looks_like_a_family_is_refused(sign: str, tmp_path: Path) -> None:
    put(tmp_path, f"orders/{sign}")
    told = f"^scenarios/orders looks like a family, for it has {sign}; add scenarios/orders/family.py with FAMILY"
    with pytest.raises(ValueError, match=told):
        family_folders(tmp_path / "scenarios")
