"""What has ended was seen to end: what the watcher lost, or does not follow, has not."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import pytest
from temporalio.client import Client

from harness.errors import EnvironmentMissing
from harness.experiment import watch
from harness.experiment.testing_followed import FewExecutions
from harness.experiment.watch import Watcher
from harness.record.memory_journal import MemoryJournal


def watching(client: FewExecutions, journal: Any = None) -> Watcher:
    return Watcher(cast(Client, client), journal or MemoryJournal("harness", time.monotonic))


class FullDisk:
    """A journal that takes nothing more."""

    def write(self, kind: str, **fields: object) -> None:
        raise EnvironmentMissing("the disk is full")


async def test_only_those_that_are_asked_for_are_waited_for() -> None:
    client = FewExecutions()
    watcher = watching(client)
    for workflow_id in ("a", "b"):
        watcher.follow(workflow_id)
    client.end("a")

    assert await watcher.all_closed(["a"], timeout_seconds=10.0)
    assert not await watcher.all_closed(["a", "b"], timeout_seconds=0.01)
    assert not await watcher.all_closed(timeout_seconds=0.01)
    assert (watcher.open_count, watcher.closed_count) == (1, 1)
    await watcher.stop()


async def test_what_is_not_followed_has_not_ended() -> None:
    client = FewExecutions()
    watcher = watching(client)
    watcher.follow("a")
    client.end("a")

    assert await watcher.all_closed([], timeout_seconds=10.0)
    assert not await watcher.all_closed(["a", "refused"], timeout_seconds=10.0)
    await watcher.stop()


async def test_what_is_lost_has_not_ended_and_is_told() -> None:
    client = FewExecutions()
    client.fails["a"] = asyncio.CancelledError()
    watcher = watching(client, FullDisk())
    for workflow_id in ("a", "b", "c"):
        watcher.follow(workflow_id)
    client.end("b")

    assert not await watcher.all_closed(["a", "b"], timeout_seconds=10.0)
    assert not await watcher.all_closed(["a"], timeout_seconds=10.0)
    assert (watcher.open_count, watcher.closed_count) == (3, 0)
    assert watcher.lost == {"a": "cancelled", "b": "EnvironmentMissing('the disk is full')"}
    await watcher.stop()


async def test_what_is_lost_is_followed_once_more() -> None:
    client = FewExecutions()
    client.fails["a"] = asyncio.CancelledError()
    watcher = watching(client)
    watcher.follow("a")
    assert not await watcher.all_closed(timeout_seconds=10.0)

    client.fails.clear()
    assert await watcher.follow_what_runs()
    assert not watcher.lost
    client.end("a")
    assert await watcher.all_closed(timeout_seconds=10.0)
    assert not await watcher.follow_what_runs()
    assert watcher.closed_count == 1


async def test_an_end_that_cannot_be_read_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SAMPLE_EVERY_SECONDS", 0.001)
    unread = [AttributeError("no event")]

    def next_run(event: object) -> None:
        if unread:
            raise unread.pop()

    monkeypatch.setattr(watch, "next_run", next_run)
    client = FewExecutions()
    watcher = watching(client)
    watcher.follow("a")
    client.end("a")
    assert await watcher.all_closed(timeout_seconds=10.0)
    assert not unread
