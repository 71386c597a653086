"""What nobody should ask for: no reports at all, and reports that are known with another content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_GOOD: Mapping[str, Any] = {"report_id": "NO", "as_of": "2025-06-30T21:00:00Z", "recipients": ["cfo@traf3li.example"]}


def _without(name: str) -> Mapping[str, Any]:
    return {key: value for key, value in _GOOD.items() if key != name}


_NEVER = ("2099-01-01T00:00:00Z", "2025-02-30T00:00:00Z", "9999-12-31T23:59:59-23:00")
"""Too far ahead, on no day, and beyond the calendar in UTC."""

NONSENSE: Sequence[Any] = (
    *(_without(name) for name in _GOOD),
    *({**_GOOD, "report_id": each} for each in ("", "N" * 65, "N" * 1_500, "../NO", "NO NO", "-NO", 7, None)),
    *({**_GOOD, "as_of": each} for each in ("2025-06-30T21:00:00", "2025-06-30", "soon", "", 1751317200, None)),
    *({**_GOOD, "as_of": each} for each in _NEVER),
    *({**_GOOD, "recipients": each} for each in ([], "cfo@traf3li.example", [""], ["nobody"], ["a@b c"], [None], None)),
    {**_GOOD, "recipients": ["cfo@traf3li.example"] * 2},
    {**_GOOD, "recipients": [f"cfo-{number}@traf3li.example" for number in range(11)]},
    {**_GOOD, "recipients": ["cfo@traf3li.example\r\nBcc: all@traf3li.example"]},
    *([], "NO", 7, None),
)
"""What is no report: each is refused, and nothing comes of it."""

CHANGES: Sequence[Mapping[str, Any]] = (
    {"as_of": "2025-06-30T21:00:00.000001Z"},
    {"recipients": ["somebody-else@traf3li.example"]},
)
"""What the first reports say when they come again under their ids."""
