"""What a record holds of a fault: how it went, what it struck, and the evidence.

Data flow: plan and journal → **faults** → record. Where a fault was and for how long is told in fields; the words
beside them are for readers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Strike:
    """One thing that a fault struck, and for how long: what it may excuse, and nothing else.

    ``kind`` is "worker", "process", "link", "service" or "namespace"; ``name`` says which ("worker-2.3", "temporal",
    "client-frontend", "smtp"). ``until_seconds`` is ``None`` for what was never seen whole again. ``ends`` says between
    whom a link stands ("worker", "frontend"), or whose a process is ("server", "application" or "world").
    """

    kind: str
    name: str
    since_seconds: float
    until_seconds: float | None = None
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """What a fault is to cut, and in which way (`harness.record.cuts`): one cell of the matrix of cuts.

    ``effect`` is the kind of effect in the world's word ("mail:reminder"). ``attempt_id`` is the world's name for the
    request that stood at the point when the fault struck, ``None``: none ever did.
    """

    effect: str
    way: str
    attempt_id: str | None = None


@dataclass(frozen=True)
class FaultRecord:
    """One fault of the plan as it went: when it was injected and healed, what it struck, and two levels of evidence.

    ``landed`` and ``felt`` hold the evidence in words, ``None`` where there is none: words are for readers, and checks
    judge by ``struck``. ``error`` is set where injecting or healing went wrong. ``cut`` is set where the fault is for
    one cell of the matrix of cuts. ``words`` is what a report calls its kind, after "1" ("worker was killed") and
    after a larger number; ``None`` where its journal has none.
    """

    fault_id: str
    kind: str
    description: str
    injected_seconds: float | None = None
    healed_seconds: float | None = None
    landed: str | None = None
    felt: str | None = None
    error: str | None = None
    struck: tuple[Strike, ...] = ()
    cut: Cut | None = None
    words: tuple[str, str] | None = None
