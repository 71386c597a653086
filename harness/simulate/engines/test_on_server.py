"""The bare workflow on a server: what ends is counted, what fails ends the measurement, and the command runs it all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from harness.application.contract import load_application
from harness.cli.main import exit_code
from harness.simulate.binding import Ground
from harness.simulate.engines.on_server import play_on_server
from harness.simulate.engines.play import SERVER, Play
from harness.simulate.engines.test_bare import TOY
from harness.simulate.engines.testing_engines import BareTurns, TurnsRun


class FailingRun(TurnsRun):
    async def execute(self, client: object, task_queue: str, name: str, length: int) -> None:
        raise RuntimeError(f"{name} was not paid")


class Failing(BareTurns):
    def begin(self, ground: Ground) -> TurnsRun:
        return FailingRun()


async def at_once() -> None:
    """Nobody else plays."""


@pytest.fixture
def play(tmp_path: Path, temporal_address: str) -> Play:
    told = Play(TOY.app, TOY.simulated, "turns", SERVER, str(tmp_path), in_flight=2, seconds=0.3)
    return replace(told, number=uuid.uuid4().int, address=temporal_address)  # other tests use the same server


@pytest.mark.parametrize("skips_time", [False, True])
async def test_what_ends_is_counted(play: Play, skips_time: bool) -> None:
    app = load_application(TOY.app)
    for seconds in (play.seconds, 3.0, 30.0):  # where much else is going on, a moment may be too short
        asked = replace(play, number=uuid.uuid4().int, seconds=seconds, skips_time=skips_time)
        score = await play_on_server(app, BareTurns(), asked, at_once)
        assert score.seconds >= seconds
        if score.executions:
            return
    pytest.fail("nothing ended in half a minute")


async def test_one_that_fails_ends_the_measurement(play: Play) -> None:
    with pytest.raises(RuntimeError, match="was not paid"):
        await play_on_server(load_application(TOY.app), Failing(), play, at_once)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_command_measures_every_engine_and_judges(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["bench", "engines", "--app", TOY.app, "--seconds", "0.5", "--executions", "32"]
    assert exit_code(command) in (0, 1)
    printed = capsys.readouterr().out
    for engine in ("simulate, whole companies", "simulate, bare workflow", "dev server", "time skipping v2"):
        assert f"    {engine} " in printed
    assert "simulate, bare workflow : best server" in printed
    assert "processor time per event" in printed
    assert "over 32 executions" in printed
