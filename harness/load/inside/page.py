"""One page of metrics, of a server or of an SDK, cut down to what is shown of it.

Data flow: `/metrics` → `harness.stack.metrics` → **page** → `reading`.

Not covered: servers whose metrics have a prefix, and what Temporal does for itself (its own namespace and queues).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.samples import Sample

# The server observes at each transition the number of all that this execution has made: the observations are the
# transitions, and their sum is not.
TRANSITIONS = "state_transition_count_count"
BACKLOG = "approximate_backlog_count"
POLLERS = "temporal_num_pollers"
USED, AVAILABLE = "temporal_worker_task_slots_used", "temporal_worker_task_slots_available"
WAITS = {
    "temporal_workflow_task_schedule_to_start_latency": "workflow task",
    "temporal_activity_schedule_to_start_latency": "activity",
}
WANTED = (TRANSITIONS, BACKLOG, POLLERS, USED, AVAILABLE, *WAITS)
"""The names of what is read, or how they begin."""

_BUCKET = re.compile(rf"({'|'.join(WAITS)})(_seconds|_milliseconds)?_bucket")
_TEMPORALS_OWN = re.compile(r"temporal[-_]sys.*")
"""Its namespace, and its queues in others; a server writes dashes as underscores in its labels."""

_OWNERS = ("namespace", "task_queue", "taskqueue")

Buckets = Mapping[float, float]
"""Upper bound in seconds → how many lie below it and above the bound before."""


@dataclass(frozen=True)
class Page:
    """What a page says; ``None`` and what is not in a mapping are not on it.

    ``transitions`` are those since its process began. ``pollers`` are by kind, ``used`` and ``available`` slots by type
    of worker, ``waits`` by what waited, since the process began.
    """

    transitions: float | None = None
    backlog: float | None = None
    pollers: Mapping[str, float] = field(default_factory=dict)
    used: Mapping[str, float] = field(default_factory=dict)
    available: Mapping[str, float] = field(default_factory=dict)
    waits: Mapping[str, Buckets] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For a message."""
        waits = {what: [[str(bound), count] for bound, count in found.items()] for what, found in self.waits.items()}
        return {**self.__dict__, "waits": waits}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Page:
        """What ``to_json`` made."""
        waits = {what: {float(bound): count for bound, count in found} for what, found in content["waits"].items()}
        return Page(**{**content, "waits": waits})


def page_of(wanted: Iterable[Sample]) -> Page:
    """What the samples of the wanted names say."""
    samples = [sample for sample in wanted if not _temporals_own(sample)]
    return Page(
        transitions=_total(samples, TRANSITIONS),
        backlog=_total(samples, BACKLOG),
        pollers=_by(samples, POLLERS, "poller_type"),
        used=_by(samples, USED, "worker_type"),
        available=_by(samples, AVAILABLE, "worker_type"),
        waits=_waits(samples),
    )


def _temporals_own(sample: Sample) -> bool:
    return any(_TEMPORALS_OWN.fullmatch(sample.labels.get(label, "")) for label in _OWNERS)


def _total(samples: Iterable[Sample], name: str) -> float | None:
    found = [sample.value for sample in samples if sample.name == name]
    return sum(found) if found else None


def _by(samples: Iterable[Sample], name: str, label: str) -> dict[str, float]:
    """The sums over all queues."""
    sums: dict[str, float] = {}
    for sample in samples:
        if sample.name == name:
            kind = sample.labels.get(label, "")
            sums[kind] = sums.get(kind, 0.0) + sample.value
    return sums


def _waits(samples: Iterable[Sample]) -> dict[str, dict[float, float]]:
    below: dict[str, dict[float, float]] = {}
    in_seconds: dict[str, bool] = {}
    for sample in samples:
        name = _BUCKET.fullmatch(sample.name)
        if name is None or "le" not in sample.labels:
            continue
        what, bound = WAITS[name[1]], float(sample.labels["le"])
        counts = below.setdefault(what, {})
        counts[bound] = counts.get(bound, 0.0) + sample.value
        # A name without a unit has the SDK's own, milliseconds, unless it was told otherwise: bounds tell which.
        seconds = name[2] == "_seconds" or (name[2] is None and 0 < bound < 1)
        in_seconds[what] = in_seconds.get(what, False) or seconds
    return {what: _apart(counts, 1.0 if in_seconds[what] else 1e-3) for what, counts in below.items()}


def _apart(below: Mapping[float, float], unit_seconds: float) -> dict[float, float]:
    """Prometheus counts everything below a bound; here each bucket for itself."""
    apart, before = {}, 0.0
    for bound, count in sorted(below.items()):
        apart[bound * unit_seconds] = count - before
        before = count
    return apart
