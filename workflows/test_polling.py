"""When a worker's container is healthy: somebody of its host polls each queue, and lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueResponse

from workflows.polling import POLLED_WITHIN, main, polls

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def queue(*pollers: tuple[str, datetime]) -> DescribeTaskQueueResponse:
    answer = DescribeTaskQueueResponse()
    for identity, polled in pollers:
        info = PollerInfo(identity=identity)
        info.last_access_time.FromDatetime(polled)
        answer.pollers.append(info)
    return answer


def test_a_worker_of_this_host_counts() -> None:
    assert polls(queue(("7@other", NOW), ("1@here", NOW - POLLED_WITHIN)), "here", NOW)


@pytest.mark.parametrize(
    "pollers",
    [(), (("1@other", NOW),), (("1@nowhere", NOW),), (("1@here", NOW - POLLED_WITHIN - timedelta(seconds=1)),)],
    ids=["nobody", "another host", "a host that ends the same", "too long ago"],
)
def test_nobody_else_does(pollers: tuple[tuple[str, datetime], ...]) -> None:
    assert not polls(queue(*pollers), "here", NOW)


def test_no_server_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    # Nobody listens on port 1, so the connection is refused at once.
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr("workflows.kit.client.LET_GO_SECONDS", 0.0)
    assert main() == 1
    assert capsys.readouterr().err.strip()


def test_wrong_settings_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TRAF3LI_NO_SUCH_SETTING", "1")
    assert main() == 1
    assert "TRAF3LI_NO_SUCH_SETTING" in capsys.readouterr().err
