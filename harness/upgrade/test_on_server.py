"""The hand-over on a real server, of a workflow with nothing around it, from a version to the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.application.contract import load_application
from harness.simulate.engines.testing_engines import BareTurns
from harness.upgrade.on_server import OnServer, hand_over

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_the_same_code_takes_over_at_every_task_of_a_real_execution() -> None:
    app = load_application("harness.simulate.engines.testing_engines")
    assert await hand_over(OnServer(app, BareTurns(), "turns", ROOT, ROOT)) == (1, [])
