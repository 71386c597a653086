"""The page on faults names every kind that a plan may have, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from chaos import FAULTS

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"


def test_the_table_has_every_kind_once() -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    kinds = [kind for row in rows for kind in re.findall(r"`([a-z-]+)`", row)]
    assert sorted(kinds) == sorted(FAULTS)
