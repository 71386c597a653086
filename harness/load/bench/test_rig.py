"""Both clients of the bench measure what they did against a stub, and one that fails is told of, never counted."""

from __future__ import annotations

import dataclasses

import pytest

from harness.cli.main import exit_code
from harness.load.bench.rig import BenchFailed, Load, stub_rig

pytestmark = pytest.mark.long

BRIEF = Load(users=5, seconds=1.0, warm_seconds=0.5, probed=True)


@pytest.mark.timeout(240)
async def test_both_ways_are_measured_against_the_same_stub() -> None:
    async with stub_rig() as rig:
        for load in (BRIEF, dataclasses.replace(BRIEF, seconds=10.0)):  # on a busy machine a moment may be too short
            locust, plain = await rig.locust(load), await rig.plain(load)
            if locust.workflows and plain.workflows:
                break
    for window in (locust, plain):
        assert window.workflows > 0
        assert window.cpu_seconds > 0
        # Five users and 50 ms of workflow: no more than a hundred a second.
        assert window.per_second < 110
    assert locust.hub_delay_p99_seconds is not None
    assert plain.hub_delay_p99_seconds is None


async def test_a_client_that_reaches_nothing_has_failed() -> None:
    async with stub_rig() as rig:
        nowhere = dataclasses.replace(rig, address="127.0.0.1:9")
        with pytest.raises(BenchFailed, match=r"locust-\d exited with 3"):
            await nowhere.locust(BRIEF)
        with pytest.raises(BenchFailed, match=r"plain-\d exited with 1"):
            await nowhere.plain(BRIEF)


def test_the_command_says_what_was_measured_and_ends_with_1_for_a_broken_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # One user does at most 20 workflows a second, which is far from the bound.
    assert exit_code(["bench", "load", "--part", "stub", "--users", "1", "--seconds", "1"]) == 1
    printed = capsys.readouterr().out
    assert "✗ workflows a second" in printed
    assert "broken: workflows a second" in printed


@pytest.mark.timeout(180)
def test_against_a_server_the_ratios_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["bench", "load", "--part", "server", "--seconds", "1", "--repeats", "1"]) in (0, 1)
    printed = capsys.readouterr().out
    assert "throughput, locust : plain" in printed
    assert "server 1: throughput" in printed
    assert "CPU per workflow" in printed
    assert "of 1)" in printed
