"""A page of metrics is cut down to what is shown of it, in seconds and without what Temporal does for itself."""

from __future__ import annotations

import json
import math

import pytest

from harness.load.inside.page import WANTED, Page, page_of
from harness.load.inside.testing_readings import SERVER_PAGE, WORKER_PAGE
from harness.stack.metrics import parse_metrics


def read_page(text: str) -> Page:
    return page_of(parse_metrics(text, *WANTED))


def test_a_servers_page_tells_transitions_and_backlog_of_the_application_alone() -> None:
    assert read_page(SERVER_PAGE) == Page(transitions=320, backlog=7)


def test_a_workers_page_tells_pollers_and_slots_over_all_its_queues() -> None:
    page = read_page(WORKER_PAGE)
    assert (page.transitions, page.backlog) == (None, None)
    assert page.pollers == {"activity_task": 7, "workflow_task": 1}
    assert (page.used, page.available) == ({"ActivityWorker": 3}, {"ActivityWorker": 97})
    assert page.waits == {"activity": {0.1: 40, 5: 9, math.inf: 1}}


@pytest.mark.parametrize(
    ("suffix", "bounds"),
    [("", ("100", "5000")), ("_milliseconds", ("100", "5000")), ("_seconds", ("0.1", "5")), ("", ("0.1", "5"))],
    ids=["milliseconds", "named milliseconds", "named seconds", "seconds by their bounds"],
)
def test_waits_are_in_seconds_whatever_the_sdk_was_told(suffix: str, bounds: tuple[str, str]) -> None:
    name = f"temporal_workflow_task_schedule_to_start_latency{suffix}_bucket"
    counts = zip((*bounds, "+Inf"), (1, 3, 3), strict=True)
    text = "\n".join(f'{name}{{task_queue="q",le="{bound}"}} {count}' for bound, count in counts)
    (waited,) = read_page(text).waits.values()
    assert dict(waited) == pytest.approx({0.1: 1, 5: 2, math.inf: 0})


def test_a_page_goes_through_json_unchanged() -> None:
    for text in (SERVER_PAGE, WORKER_PAGE, ""):
        page = read_page(text)
        assert Page.from_json(json.loads(json.dumps(page.to_json(), allow_nan=False))) == page
