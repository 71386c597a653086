"""Verdicts and how they merge: the worst wins, and nothing is green by default.

``VALID < UNKNOWN < INVALID``. A run that proved nothing is UNKNOWN, never VALID; a check that crashed is UNKNOWN. The
order and the three values follow Jepsen's checkers.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class Verdict(enum.Enum):
    """What a check, a claim or a whole run comes to."""

    VALID = "VALID"
    UNKNOWN = "UNKNOWN"
    INVALID = "INVALID"

    @property
    def badness(self) -> int:
        """0 for VALID, 1 for UNKNOWN, 2 for INVALID."""
        return (Verdict.VALID, Verdict.UNKNOWN, Verdict.INVALID).index(self)

    @property
    def exit_code(self) -> int:
        """0 VALID, 4 UNKNOWN (nothing proved), 1 INVALID (a promise broken)."""
        return {Verdict.VALID: 0, Verdict.UNKNOWN: 4, Verdict.INVALID: 1}[self]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; UNKNOWN when there is none, because nothing checked proves nothing."""
    return max(verdicts, key=lambda verdict: verdict.badness, default=Verdict.UNKNOWN)


def counted(number: int, one: str, many: str) -> str:
    """The number with the words that belong to it: ``counted(1, "entry is", "entries are")`` is "1 entry is"."""
    return f"{number} {one if number == 1 else many}"


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say about one subject, in words a reader of the report understands.

    ``subject`` is a workflow id, a fault id, an effect's reference: what a reader would search for. ``story`` is the
    evidence in time order, one line each. ``could_still_come`` marks what is missing rather than wrong: more time might
    have brought it, so it says nothing of a run that was cut short.
    """

    subject: str
    message: str
    story: tuple[str, ...] = ()
    could_still_come: bool = False


@dataclass(frozen=True)
class CheckResult:
    """What one check says of one run: its verdict, one sentence, the findings and the counts it is based on."""

    check: str
    verdict: Verdict
    summary: str
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int | float | str] = field(default_factory=dict)
