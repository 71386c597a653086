"""What there is to read: pages of metrics by name, and the process below which the system's others are.

Data flow: `finding` → **sources** → `watch` → `reading`. Nothing here takes long to import: the process that
reads begins with the load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

_SUFFIX = " metrics"


@dataclass(frozen=True)
class Sources:
    """``metrics`` is name → URL; ``root`` is the id of the system's first process, where it is on this machine."""

    metrics: Mapping[str, str] = field(default_factory=dict)
    root: int | None = None

    def __bool__(self) -> bool:
        return bool(self.metrics) or self.root is not None


def metrics_shown(shown: Mapping[str, str]) -> dict[str, str]:
    """The pages of metrics among what a stack shows, by the name of whose they are."""
    return {name.removesuffix(_SUFFIX): url for name, url in shown.items() if name.endswith(_SUFFIX)}


def handed_over(shown: Mapping[str, str], root: int) -> str:
    """What a claim's run gives the locust process in a variable (`harness.load.measure.handover.INSIDE`)."""
    return json.dumps({"metrics": metrics_shown(shown), "root": root})
