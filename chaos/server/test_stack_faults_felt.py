"""Faults that break the full stack from within are felt by who works on it, and are gone after the heal."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

import chaos
from chaos.testing_busy import busy_site
from harness.stack.testing_full import FullStack, full_stack

# The claims break the same things under an application, so this is for the night; the rate limit takes up to a minute
# to come, and another to go.
pytestmark = [pytest.mark.full, pytest.mark.nightly, pytest.mark.xdist_group("full"), pytest.mark.timeout(400)]

DOWN_SECONDS = 3.0
FAULTS: list[tuple[str, Mapping[str, Any], str]] = [
    ("process-restart", {"process": "frontend", "down_seconds": DOWN_SECONDS}, "operation"),
    ("process-restart", {"process": "history", "down_seconds": DOWN_SECONDS}, "operation"),
    ("process-restart", {"process": "matching", "down_seconds": DOWN_SECONDS}, "operation"),
    ("process-restart", {"process": "postgres", "down_seconds": DOWN_SECONDS}, "operation"),
    ("postgres-read-only", {"for_seconds": 3.0}, " refused"),
    (
        "persistence-faults",
        {
            "methods": {"UpdateWorkflowExecution": {"Timeout": 0.02, "ExecuteAndTimeout": 0.02}},
            "seed": 7,
            "for_seconds": 6.0,
        },
        "UpdateWorkflowExecution TimeoutError",
    ),
    ("namespace-rate-limit", {"per_second": 3, "for_seconds": 5.0}, "SignalWithStartWorkflowExecution refused"),
]


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FullStack]:
    async with full_stack(tmp_path_factory.mktemp("felt")) as up:
        yield up


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.mark.parametrize(
    ("kind", "parameters", "evidence"),
    [pytest.param(*fault, id=f"{fault[0]} {fault[1].get('process', '')}".strip()) for fault in FAULTS],
)
async def test_it_is_felt_and_then_gone(
    stack: FullStack,
    numbers: Iterator[int],
    capsys: pytest.CaptureFixture[str],
    kind: str,
    parameters: Mapping[str, Any],
    evidence: str,
) -> None:
    fault = chaos.make_fault(kind, parameters)
    async with busy_site(stack) as site:
        try:
            landed = await fault.inject(site, None)
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            for _ in range(2):
                await fault.heal(site)
        felt = fault.felt(site)
    with capsys.disabled():
        sys.stderr.write(f"\n{fault.description}\n    landed: {landed}\n    felt: {felt}\n")
    assert evidence in (felt or "")
    number = next(numbers)
    assert await stack.packed(number) == f"packed {number}"
