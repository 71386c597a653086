"""What locust's web UI shows of a load test beside its own: a tab with the verdict, and the report as a page.

Data flow: `judging` → **web** → locust's page, which asks for its numbers every two seconds while a test runs and
then no more. So a test that is not judged yet still runs, as far as the page is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response, request, send_file
from locust.runners import STATE_RUNNING, STATE_SPAWNING, Runner
from locust.web import WebUI

from harness.load.drive.judging import Seen
from harness.load.judge.outcome import LoadOutcome
from harness.load.report.table import TICKS, headline

TAB = "verdict"
REPORT = "/load-report"
NUMBERS = "/stats/requests"


def show_in(web_ui: WebUI | None, runner: Runner | None, seen: Callable[[], Seen]) -> None:
    """Add ours to locust's pages; without a web UI there is nothing to add to."""
    if web_ui is None or runner is None:
        return
    app: Any = web_ui.app
    for_those_logged_in: Any = web_ui.auth_required_if_enabled
    columns = [{"key": "what", "title": "Verdict"}, {"key": "says", "title": "Measured"}]
    web_ui.template_args["extended_tabs"] = [{"title": "Verdict", "key": TAB}]
    web_ui.template_args["extended_tables"] = [{"key": TAB, "structure": columns}]
    web_ui.template_args["extended_csv_files"] = [{"href": f".{REPORT}", "title": "Open the report of the load test"}]

    def report() -> Response:
        finished = seen().finished
        if finished is None:
            return Response("no load test has come to its end yet", 404, mimetype="text/plain")
        return send_file(finished.report.resolve(), max_age=0)

    def with_the_verdict(response: Response) -> Response:
        if request.path == NUMBERS and response.is_json:
            now, running = seen(), runner.state in (STATE_RUNNING, STATE_SPAWNING)
            state = STATE_RUNNING if now.judging and not running else runner.state
            rows = {"extended_stats": [{"key": TAB, "data": rows_of(now)}]}
            response.set_data(json.dumps({**response.get_json(), "state": state, **rows}))
        return response

    app.add_url_rule(REPORT, "load_report", for_those_logged_in(report))
    app.after_request(with_the_verdict)


def rows_of(seen: Seen) -> list[dict[str, Any]]:
    """The rows of the tab. ``name`` is what the page sorts them by."""
    if seen.problem is not None:
        rows = [("not run", line) for line in seen.problem.splitlines()]
    elif seen.finished is not None:
        rows = _told(seen.finished.outcome)
    else:
        rows = [("not yet", "it is told when the test is over")]
    return [{"name": f"{place:04d}", "what": what, "says": says} for place, (what, says) in enumerate(rows)]


def _told(outcome: LoadOutcome) -> list[tuple[str, str]]:
    conclusion = outcome.conclusion
    rows = [(conclusion.verdict.value, headline(outcome)), *(("why", reason) for reason in conclusion.reasons)]
    return [*rows, *((f"{TICKS[each.verdict]} {each.threshold.text}", each.says) for each in outcome.judged)]
