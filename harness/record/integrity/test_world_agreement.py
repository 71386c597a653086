"""A world that ended in order has answered everything: what has no reply lost it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.record.integrity.world_agreement import disagreements


def told(folder: Path, *lines: dict[str, Any]) -> list[str]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(lines, start=1):
        by_kind.setdefault(line["kind"], []).append({"writer": "world", "seq": number, **line})
    return [finding.message for finding in disagreements(folder, by_kind)]


def attempt(number: int) -> dict[str, Any]:
    return {"kind": "world-attempt", "attempt_id": f"A-{number}", "service": "smtp", "key": f"k{number}"}


def reply(number: int) -> dict[str, Any]:
    return {"kind": "world-reply", "attempt_id": f"A-{number}", "outcome": "refused"}


OPENED, CLOSED = {"kind": "opened"}, {"kind": "closed"}


def test_a_request_without_a_reply_is_told_when_the_world_ended_in_order(tmp_path: Path) -> None:
    assert told(tmp_path, OPENED, attempt(1), reply(1), attempt(2), CLOSED) == [
        "A-2 has no reply, and its world ended in order"
    ]
    assert told(tmp_path, OPENED, attempt(1), reply(1), attempt(2), reply(2), CLOSED) == []


def test_a_world_that_was_killed_owes_no_reply(tmp_path: Path) -> None:
    assert told(tmp_path, OPENED, attempt(1), OPENED, attempt(2), reply(2), CLOSED) == []
    assert told(tmp_path, OPENED, attempt(1)) == []
