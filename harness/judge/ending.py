"""Which ends of a workflow are right: ``ends(COMPLETED, failed("CardDeclined"), CANCELED)``, as a claim says it.

A declined card is a failure by design, and a cancelled order ends cancelled. Without a word of the claim, an execution
has to be completed.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.record import Execution


@dataclass(frozen=True)
class Ending:
    """One way to end: Temporal's status, and of a failure its type or its message, if not every one is right."""

    status: str
    failure: str | None = None

    def is_of(self, execution: Execution) -> bool:
        """Whether the execution ended so; of a failure what caused it counts, too."""
        if execution.status != self.status:
            return False
        return self.failure in (None, *execution.failure_types, execution.failure)

    def __str__(self) -> str:
        return f"{self.status} ({self.failure})" if self.failure else self.status


COMPLETED, FAILED, CANCELED, TERMINATED, TIMED_OUT = (
    Ending(status) for status in ("COMPLETED", "FAILED", "CANCELED", "TERMINATED", "TIMED_OUT")
)

Ends = tuple[Ending, ...]


def failed(why: str) -> Ending:
    """Failed for this reason.

    :param why: the ``type`` of an ``ApplicationError`` that it failed with or that caused it, or the failure's message.
    """
    return Ending("FAILED", why)


def ends(*right: Ending) -> Ends:
    """The ends that are right for a type of workflow.

    :raises ValueError: none is.
    :raises TypeError: something is no end.
    """
    if not right:
        raise ValueError("ends() of nothing: name at least one, such as COMPLETED")
    for each in right:
        if not isinstance(each, Ending):
            raise TypeError(f"ends() takes COMPLETED, CANCELED, failed('CardDeclined') and the like, not {each!r}")
    return right
