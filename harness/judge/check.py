"""What every check is: a pure function from the record to a result."""

from __future__ import annotations

from typing import Protocol

from harness.record.record import Record
from harness.verdict import CheckResult


class Check(Protocol):
    """A pure function from the record to a result. ``name`` is what a mutant's ``caught-by`` says."""

    @property
    def name(self) -> str:
        """One word."""

    def __call__(self, record: Record) -> CheckResult:
        """Judge the record."""
