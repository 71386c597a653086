"""Names that there are, for whoever asked for one that there is not: the one that was meant comes first."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = 0.5


def nearest_first(asked: str, known: Iterable[str]) -> str:
    """The names with commas between them, those most like ``asked`` before all others; "none" where there are none."""
    names = list(known)
    alike = difflib.get_close_matches(asked, names, n=3, cutoff=ALIKE)
    return ", ".join([*alike, *(name for name in names if name not in alike)]) or "none"
