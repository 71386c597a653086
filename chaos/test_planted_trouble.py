"""Tools that do not do what they are asked, planted under whole runs: none of these may ever be VALID.

A fault that does not land leaves a run that has broken nothing: UNKNOWN (4). A heal that does nothing leaves a system
that is still broken: nothing can be concluded from it, and the run ends as one whose environment failed (3). The runs
are processes, the workers and the server are real; only the one tool is not what it was.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cli.test_run import ENVIRONMENT, assay
from harness.cli.testing_project import write_project
from harness.stack.processes.sweep import processes_of
from harness.stack.programs.binaries import find_binary

# The fault strikes while this lasts, so that nothing but what is planted is missing from the evidence.
# The fault comes while orders are packed, also where a busy machine takes seconds to begin with them.
PACK_SECONDS, AFTER_SECONDS = 6.0, 3.0
NEMESIS = """\
from chaos.nemesis import PlanNemesis
from chaos.plan import Plan, PlannedFault

def Planted():
    return PlanNemesis(Plan((PlannedFault("planted", {kind!r}, {parameters!r}, after_seconds={after_seconds}),)))
"""
PAUSE = NEMESIS.format(kind="worker-pause", parameters={"slot": 1, "paused_seconds": 0.5}, after_seconds=AFTER_SECONDS)
CUT = NEMESIS.format(
    kind="link-cut", parameters={"link": "worker-frontend", "for_seconds": 0.5}, after_seconds=AFTER_SECONDS
)

# Passes everything on to a Toxiproxy but for what would change a proxy: that is answered as planted.
TOXIPROXY = """\
#!{python}
import http.client, http.server, signal, socket, subprocess, sys

arguments = sys.argv[1:]
port = int(arguments[arguments.index("-port") + 1])
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    behind = probe.getsockname()[1]
arguments[arguments.index("-port") + 1] = str(behind)
real = subprocess.Popen(["{real}", *arguments])

class Passing(http.server.BaseHTTPRequestHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, answer = self.planted(body) or self.ask(self.command, self.path, body)
        self.send_response(status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def ask(self, method, path, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", behind, timeout=10)
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def planted(self, body):
        {planted}

    def log_message(self, *_):
        pass

    do_GET = do_POST = do_PATCH = do_DELETE = pass_on

def stop(*_):
    real.terminate()
    sys.exit(real.wait())

signal.signal(signal.SIGTERM, stop)
server = None
while server is None:
    # Answers only once the real one does.
    try:
        socket.create_connection(("127.0.0.1", behind), timeout=1).close()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Passing)
    except ConnectionRefusedError:
        pass
server.serve_forever()
"""
ANSWERS_500 = 'return (500, b\'{"error": "planted"}\') if self.command == "PATCH" else None'
CUTS_NOTHING = 'return self.ask("GET", self.path) if self.command == "PATCH" and b"false" in body else None'
HEALS_WITH_500 = 'return (500, b\'{"error": "planted"}\') if self.command == "PATCH" and b"true" in body else None'
HEALS_NOTHING = 'return self.ask("GET", self.path) if self.command == "PATCH" and b"true" in body else None'


def record_of(project: Path) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The verdict, ``None`` where the run came to none, and the lines about its fault."""
    folder = project / "runs" / "latest"
    file = folder / "verdict.json"
    lines = map(json.loads, (folder / "journal" / "harness.jsonl").read_text().splitlines())
    assert processes_of(json.loads((folder / "run.json").read_text())["run_id"]) == []
    return json.loads(file.read_text()) if file.exists() else None, [line for line in lines if line["kind"] == "fault"]


def missing(verdict: dict[str, Any] | None) -> list[str]:
    """Why an UNKNOWN verdict proves nothing; every check but vacuity is VALID."""
    assert verdict is not None
    assert verdict["verdict"] == "UNKNOWN"
    (vacuity,) = [check for check in verdict["checks"] if check["verdict"] != "VALID"]
    return [finding["message"] for finding in vacuity["findings"]]


@pytest.mark.nightly
@pytest.mark.xdist_group("runs")
def test_a_pause_that_stops_nobody_is_unknown(tmp_path: Path) -> None:
    project = write_project(
        tmp_path, nemesis=PAUSE, pack_seconds=PACK_SECONDS, prepare="site.fleet.pause = lambda slot: None"
    )
    done = assay(project, "run", "orders", "--seed", "1")
    assert done.returncode == 4, done.stderr
    verdict, fault = record_of(project)
    assert [line["event"] for line in fault] == ["error", "healed"]
    assert "to stand still" in fault[0]["evidence"]
    told, counted = missing(verdict)
    assert "to stand still" in told
    assert counted == "only 0 faults landed, 1 needed"


@pytest.mark.nightly
@pytest.mark.xdist_group("runs")
def test_a_heal_that_wakes_nobody_is_found_by_looking(tmp_path: Path) -> None:
    project = write_project(
        tmp_path, nemesis=PAUSE, pack_seconds=PACK_SECONDS, prepare="site.fleet.resume = lambda slot: None"
    )
    done = assay(project, "run", "orders", "--seed", "1")
    assert done.returncode == 3, done.stderr
    assert "to go on" in done.stderr
    assert record_of(project)[0] is None
    assert assay(project, "check").returncode == 4


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the statement what the stack's Toxiproxy does first with a request."""

    def plant(statement: str) -> None:
        program = tmp_path / "toxiproxy-server"
        text = TOXIPROXY.replace("{python}", sys.executable).replace("{planted}", statement)
        program.write_text(text.replace("{real}", str(find_binary("toxiproxy-server"))))
        program.chmod(0o755)
        monkeypatch.setitem(ENVIRONMENT, "ASSAY_TOXIPROXY_SERVER_BIN", str(program))

    return plant


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("full")
@pytest.mark.parametrize(
    ("statement", "said"), [(ANSWERS_500, "answered 500"), (CUTS_NOTHING, "reads back enabled")], ids=["500", "lie"]
)
def test_a_cut_that_toxiproxy_does_not_make_is_unknown(
    tmp_path: Path, plant: Callable[[str], None], statement: str, said: str
) -> None:
    plant(statement)
    project = write_project(tmp_path, nemesis=CUT, pack_seconds=PACK_SECONDS, stacks=("full",))
    done = assay(project, "run", "orders", "--seed", "1")
    assert done.returncode == 4, done.stderr
    told, counted = missing(record_of(project)[0])
    assert said in told
    assert counted == "only 0 faults landed, 1 needed"


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("full")
@pytest.mark.parametrize(
    ("statement", "said"),
    [(HEALS_WITH_500, "answered 500"), (HEALS_NOTHING, "reads back disabled")],
    ids=["500", "lie"],
)
def test_a_cut_that_toxiproxy_does_not_heal_ends_the_run(
    tmp_path: Path, plant: Callable[[str], None], statement: str, said: str
) -> None:
    plant(statement)
    project = write_project(tmp_path, nemesis=CUT, pack_seconds=PACK_SECONDS, stacks=("full",))
    done = assay(project, "run", "orders", "--seed", "1")
    assert done.returncode == 3, done.stderr
    assert said in done.stderr
    verdict, fault = record_of(project)
    assert verdict is None
    assert [line["event"] for line in fault] == ["injected", "landed"]
    assert assay(project, "check").returncode == 4


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("full")
def test_the_same_run_is_valid_when_what_is_planted_does_nothing(tmp_path: Path, plant: Callable[[str], None]) -> None:
    plant("return None")
    project = write_project(tmp_path, nemesis=CUT, pack_seconds=PACK_SECONDS, stacks=("full",))
    done = assay(project, "run", "orders", "--seed", "1")
    assert done.returncode == 0, done.stdout
    assert [line["event"] for line in record_of(project)[1]][:3] == ["injected", "landed", "healed"]
