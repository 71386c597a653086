"""The attempt log says of an error what the server is told of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

import pytest
import temporalio.activity
import temporalio.testing
import temporalio.worker
from temporalio.exceptions import ApplicationError

from harness.experiment.attempt_log import AttemptLog, what_the_server_is_told
from harness.record.reader import attempts_of


class Lines:
    """A journal in a list."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.lines.append({"kind": kind, **fields})
        return self.lines[-1]


class Innermost(temporalio.worker.ActivityInboundInterceptor):
    """Calls the activity function, as the worker's own interceptor does."""

    def __init__(self) -> None:
        pass

    async def execute_activity(self, input: temporalio.worker.ExecuteActivityInput) -> Any:
        return await input.fn(*input.args)


async def logged(function: Any, *, local: bool = False, times: int = 1) -> list[dict[str, Any]]:
    journal = Lines()
    chain = AttemptLog(journal, "worker-1.1", lambda workflow_id: f"about {workflow_id}").intercept_activity(
        Innermost()
    )

    async def run() -> Any:
        return await chain.execute_activity(temporalio.worker.ExecuteActivityInput(function, (), None, {}))

    for _ in range(times):
        environment = temporalio.testing.ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, is_local=local)
        try:
            await environment.run(run)
        except ApplicationError:
            assert journal.lines[-1]["outcome"] == "failed"
    return journal.lines


async def test_the_same_attempt_of_a_local_activity_may_be_made_again() -> None:
    async def look() -> str:
        return "seen"

    lines = await logged(look, local=True, times=2)
    for number, line in enumerate(lines):
        line.update(run_id="run", pid=1, at_seconds=float(number))
    assert [(line["local"], line["rerun"]) for line in lines] == [(True, 0), (True, 0), (True, 1), (True, 1)]
    first, second = attempts_of(lines)
    assert (first.ended_seconds, second.started_seconds, second.attempt) == (1.0, 2.0, 1)
    assert second.follows(first)
    assert not first.follows(second)


async def test_an_attempt_has_a_line_before_and_one_after() -> None:
    async def send() -> str:
        return "sent"

    start, end = await logged(send)
    assert (start["kind"], end["kind"], end["outcome"]) == ("attempt-start", "attempt-end", "completed")
    assert start["attempt"] == end["attempt"] == 1
    assert end["worker"] == "worker-1.1"
    assert start["subject"] == f"about {start['workflow_id']}"


async def test_a_failed_attempt_says_whether_another_may_follow() -> None:
    async def send() -> NoReturn:
        raise ApplicationError("no such mailbox", type="MailRefused", non_retryable=True)

    _, end = await logged(send)
    assert (end["outcome"], end["retryable"], end["error_type"]) == ("failed", False, "MailRefused")


async def test_an_error_that_cannot_say_what_it_is_is_logged_all_the_same() -> None:
    class Mute(ApplicationError):
        def __str__(self) -> str:
            raise KeyError("no words")

    async def send() -> NoReturn:
        raise Mute("x")

    _, end = await logged(send)
    assert end["error"].startswith("Mute: ")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("x"), ("ValueError", True, None)),
        (ApplicationError("x", next_retry_delay=timedelta(seconds=2.5)), (None, True, 2.5)),
        (ApplicationError("x", type="T", non_retryable=True), ("T", False, None)),
    ],
)
def test_what_the_server_is_told(error: BaseException, told: tuple[str | None, bool, float | None]) -> None:
    assert tuple(what_the_server_is_told(error).values()) == told
