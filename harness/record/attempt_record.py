"""One attempt of an activity, as a value of the record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """One attempt of one activity, as its worker logged it.

    ``ended_seconds`` and ``outcome`` are ``None`` for an attempt whose worker died in it: a Temporal history cannot
    tell these, because it holds only the last attempt. ``outcome`` is "completed", "failed" or "cancelled".
    ``retryable`` is what the error said of itself, ``error_type`` what a policy's list of final errors names it by,
    ``next_retry_delay_seconds`` the delay it asked for instead of the policy's back-off. ``subject`` is what its
    workflow is about ("INV-0001"), in the application's word. One that is ``local`` is part of a workflow task: when
    that is done again, the attempt has the same number again.
    """

    worker: str
    pid: int
    activity: str
    workflow_id: str
    run_id: str
    activity_id: str
    attempt: int
    started_seconds: float
    ended_seconds: float | None = None
    outcome: str | None = None
    error: str | None = None
    error_type: str | None = None
    retryable: bool = True
    next_retry_delay_seconds: float | None = None
    subject: str = ""
    local: bool = False

    def follows(self, other: Attempt) -> bool:
        """Whether it is a later attempt of the same activity."""
        if (self.run_id, self.activity_id) != (other.run_id, other.activity_id):
            return False
        return self.attempt > other.attempt or (self.local and self.started_seconds > other.started_seconds)
