"""The control port: what it refuses, and that holds end by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from scenarios.world.in_process import entry, running_world


async def test_a_hold_lets_go_by_itself_after_its_bound(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "after_commit", seconds=0.05)
        answer = await running.client.post(running.url("accounting", "/entries"), json=entry())
        assert answer.status_code == 201
        assert (await running.held(hold_id))["state"] == "expired"
        assert (await running.release(hold_id))["state"] == "expired"


async def test_releasing_twice_is_once_and_an_armed_hold_can_be_released(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("smtp", "mail", "before_effect")
        waiting = asyncio.create_task(running.held(hold_id))
        assert await running.release(hold_id) == await running.release(hold_id)
        assert (await waiting)["state"] == "released"


async def test_a_wait_that_runs_out_answers_armed(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("smtp", "mail", "before_effect")
        answer = await running.client.get(running.url("control", f"/holds/{hold_id}"), params={"wait_seconds": 0.01})
        assert answer.json() == {
            "hold_id": hold_id,
            "state": "armed",
            "reference": None,
            "key": None,
            "attempt_id": None,
            "service": None,
            "at_seconds": None,
        }


async def test_a_request_that_has_gone_by_cannot_be_held(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await running.client.post(running.url("accounting", "/entries"), json=entry())
        body = {
            "service": "accounting",
            "operation": "book",
            "nth": 1,
            "point": "drop_ack",
            "release_after_seconds": 1,
        }
        answer = await running.client.post(running.url("control", "/holds"), json=body)
        assert (answer.status_code, "already begun" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/holds/hold-9", None, 404),
        ("GET", "/holds/hold-9?wait_seconds=soon", None, 400),
        ("GET", "/holds/hold-9?wait_seconds=nan", None, 400),
        ("DELETE", "/holds/hold-9", None, 404),
        ("POST", "/holds/hold-9/abandon", None, 404),
        ("POST", "/holds", {"effect": "fax", "point": "drop_ack", "release_after_seconds": 1}, 400),
        ("POST", "/holds", {"service": "fax", "operation": "send"}, 400),
        ("POST", "/holds", [], 400),
        ("PUT", "/knobs/fax", {}, 404),
        ("PUT", "/knobs/smtp", {"error_rate": 2}, 400),
    ],
)
async def test_what_cannot_be_is_refused(tmp_path: Path, method: str, path: str, body: Any, status: int) -> None:
    async with running_world(tmp_path) as running:
        answer = await running.client.request(method, running.url("control", path), json=body)
        assert (answer.status_code, list(answer.json())) == (status, ["error"])


async def test_knobs_are_set_shown_and_reset(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await running.client.put(running.url("control", "/knobs/smtp"), json={"refuse": True})
        shown = (await running.client.get(running.url("control", "/knobs"))).json()
        assert (shown["smtp"]["refuse"], shown["payments"]["refuse"]) == (True, False)
        reset = (await running.client.delete(running.url("control", "/knobs"))).json()
        assert reset["smtp"]["refuse"] is False
