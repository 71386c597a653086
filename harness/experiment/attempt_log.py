"""The attempt log: one journal record when an activity attempt starts in a worker, one when it ends.

A Temporal history cannot tell attempts: with a retry policy ActivityTaskStarted is written only when the activity
closes, with the last attempt alone. This interceptor is all that ``harness.experiment.worker`` adds to the application.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import temporalio.activity
import temporalio.exceptions
import temporalio.worker

from harness.record.journal import Journal
from harness.words import words_of


class AttemptLog(temporalio.worker.Interceptor):
    """A worker interceptor that journals every attempt. The SDK's extension point is a base class, hence this one."""

    def __init__(self, journal: Journal, worker: str, subject_of: Callable[[str], str]) -> None:
        self._journal = journal
        self._worker = worker
        self._subject_of = subject_of
        self._runs: Counter[tuple[str | None, str, int]] = Counter()

    def intercept_activity(
        self, next: temporalio.worker.ActivityInboundInterceptor
    ) -> temporalio.worker.ActivityInboundInterceptor:
        """Put the log around the rest of the chain."""
        return _Logged(next, self._journal, self._worker, self._subject_of, self._runs)


class _Logged(temporalio.worker.ActivityInboundInterceptor):
    def __init__(
        self,
        next: temporalio.worker.ActivityInboundInterceptor,
        journal: Journal,
        worker: str,
        subject_of: Callable[[str], str],
        runs: Counter[tuple[str | None, str, int]],
    ) -> None:
        super().__init__(next)
        self._runs = runs
        self._journal = journal
        self._worker = worker
        self._subject_of = subject_of

    async def execute_activity(self, input: temporalio.worker.ExecuteActivityInput) -> Any:
        info = temporalio.activity.info()
        attempt = {
            "worker": self._worker,
            "activity": info.activity_type,
            "workflow_id": info.workflow_id,
            "run_id": info.workflow_run_id,
            "activity_id": info.activity_id,
            "attempt": info.attempt,
            **self._local(info),
        }
        subject = self._subject_of(info.workflow_id or "")
        self._journal.write("attempt-start", pid=os.getpid(), subject=subject, **attempt)
        try:
            result = await super().execute_activity(input)
        except asyncio.CancelledError:
            self._journal.write("attempt-end", outcome="cancelled", error=None, **attempt)
            raise
        except BaseException as error:
            told = {"error": words_of(error), **what_the_server_is_told(error)}
            self._journal.write("attempt-end", outcome="failed", **told, **attempt)
            raise
        self._journal.write("attempt-end", outcome="completed", error=None, **attempt)
        return result

    def _local(self, info: temporalio.activity.Info) -> dict[str, Any]:
        """What only a local activity has: the server knows nothing of it until its workflow task is completed, so that

        the same attempt is made again with the task, and on the same worker, too.
        """
        if not info.is_local:
            return {}
        this = info.workflow_run_id, info.activity_id, info.attempt
        self._runs[this] += 1
        return {"local": True, "rerun": self._runs[this] - 1}


def what_the_server_is_told(error: BaseException) -> dict[str, Any]:
    """What decides over another attempt: the error's type, whether it may be retried, the delay it asks for.

    An error that is not an ``ApplicationError`` reaches the server as one whose type is the name of its class, and may
    be retried: https://docs.temporal.io/references/failures#application-failure.
    """
    told: dict[str, Any] = {"error_type": type(error).__name__, "retryable": True, "next_retry_delay_seconds": None}
    if isinstance(error, temporalio.exceptions.ApplicationError):
        told["error_type"] = error.type
        told["retryable"] = not error.non_retryable
        if error.next_retry_delay is not None:
            told["next_retry_delay_seconds"] = error.next_retry_delay.total_seconds()
    return told
