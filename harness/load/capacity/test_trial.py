"""A rate is tried by a locust of its own, and what it left behind is read between warming up and the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.load.bench.rig import LOCUSTFILE, stub_rig
from harness.load.capacity.trial import Trial, step_of
from harness.load.inside.usage import GENERATOR, Usage
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered
from harness.load.testing_outcomes import DONE

pytestmark = pytest.mark.long


def test_what_ended_while_warming_up_or_after_the_load_does_not_count() -> None:
    measurements = Measurements(origin_seconds=0.0)
    for at in range(40):
        took = 0.2 if 10 <= at < 30 else 5.0
        measurements.began(DONE)
        measurements.ended(DONE, began_seconds=at - took, ended_seconds=at, intended_seconds=at - took)
    measurements.began(DONE)
    step = step_of(1.0, measurements, Offered(41, 41, 0), 10.0, 20.0, Usage())
    assert step.completed_per_second == 1.0
    assert step.p99_seconds == pytest.approx(0.2, rel=0.02)
    assert (step.offered_share, step.unseen) == (1.0, 1)


@pytest.mark.timeout(240)
async def test_a_rate_is_tried_against_a_stub() -> None:
    async with stub_rig() as rig:
        options = ("--temporal-address", rig.address, "--settle-seconds", "1")
        for seconds in (3.0, 15.0):  # a busy machine may stand still for most of the shorter
            step = await Trial(str(LOCUSTFILE), Path.cwd(), seconds, 1.0, 5.0, options)(10.0)
            if step.offered_share > 0.5 and 5.0 < step.completed_per_second < 15.0:
                break
    assert step.offered_share > 0.5
    assert 5.0 < step.completed_per_second < 15.0
    assert step.p50_seconds is not None
    assert GENERATOR in step.usage.cores


@pytest.mark.parametrize(("option", "code"), [("--payload=huge", 2), ("--temporal-address=127.0.0.1:9", 3)])
def test_a_load_test_that_cannot_be_ends_the_search_with_its_code(
    option: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["load", "capacity", "--seconds", "1", "--file", "load/invoices.py", "--", option]) == code
    assert "the load test exited with" in capsys.readouterr().err
