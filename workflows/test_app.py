from __future__ import annotations

import subprocess
import sys

from workflows.app import app
from workflows.in_memory import Outside


def test_the_queues_name_the_activities_that_are_bound() -> None:
    bound = {activity.__name__ for activity in app.activities(Outside().ports())}
    assert {name for queue in app.queues.values() for name in queue.activities} == bound


def test_the_workflow_does_not_load_heavy_libraries() -> None:
    heavy = ("reportlab", "sqlalchemy", "httpx", "starlette", "aiosmtplib")
    script = f"import sys, workflows.invoices.workflow; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_shape_that_runners_expect() -> None:
    assert app.status_attribute in app.search_attributes
    [api] = app.services
    assert api.command == ("{python}", "-m", "workflows.api")
    assert api.ready_url == "http://{TRAF3LI_API_ADDRESS}/healthz"
