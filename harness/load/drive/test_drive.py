"""Locust that comes to no verdict ends the run, and leaves no process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from harness.errors import AssayError, EnvironmentMissing, HarnessDefect, UsageError
from harness.experiment.site import Site
from harness.experiment.workload import Answer, PlannedOperation
from harness.load.drive.drive import LocustDrive
from harness.load.measure.handover import INSIDE, WRITER
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journal
from harness.record.record import Outcome


async def _nothing(caller: Any) -> Answer:
    return Answer(Outcome.OK)


def site_in(folder: Path) -> Site:
    (folder / "logs").mkdir()
    journal = FileJournal(folder / "journal" / "harness.jsonl", "harness")
    environment = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    shown = {"UI": "http://127.0.0.1:1", "worker-1 metrics": "http://127.0.0.1:2/metrics"}
    given: dict[str, Any] = {"folder": folder, "environment": environment, "journal": journal, "shown": shown}
    return cast(Site, SimpleNamespace(**given, world_ports={"payments": 1}))


ROOT = Path(__file__).parents[3]
TABLE = '[tool.assay]\napp = "shop"\nscenarios = "claims"\n'
PLAIN = "import locust\n\nclass Nobody(locust.User):\n    @locust.task\n    def work(self):\n        pass\n"
LACKS = "from harness.errors import EnvironmentMissing\n"
OPERATIONS = [PlannedOperation("process/1", "process", "1", 0.0, _nothing, workflow_id="invoice-1")]


async def test_a_locustfile_that_is_not_there_is_told(tmp_path: Path) -> None:
    accepted: list[str] = []
    with pytest.raises(UsageError, match=r"made by the locustfile .*load/no_such\.py, which is not there"):
        await LocustDrive("load/no_such.py")(OPERATIONS, site_in(tmp_path), on_accepted=accepted.append)
    assert accepted == []


@pytest.mark.parametrize(
    ("locustfile", "error", "told"),
    [
        (PLAIN, UsageError, r"no verdict \(exit code 2\).*load\.log.*unrecognized arguments"),
        ("\nraise RuntimeError('odd')\n", UsageError, r"load\.log.*load\.py:2: RuntimeError: odd$"),
        ("raise SystemExit('not here')", UsageError, r"load\.log.*load\.py:1: SystemExit: not here$"),
        ("import locst", UsageError, r"load\.log.*load\.py:1: No module named 'locst'$"),
        (f"{LACKS}raise EnvironmentMissing('no port is free')", EnvironmentMissing, r"exit code 3.*no port is free$"),
        ("import os\nos._exit(1)", HarnessDefect, r"no verdict \(exit code 1\)"),
    ],
    ids=["knows no runs", "raises", "ends", "imports what is not there", "lacks something", "is gone"],
)
async def test_a_locustfile_that_comes_to_no_verdict_is_told(
    locustfile: str, error: type[AssayError], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "load.py").write_text(locustfile)
    (tmp_path / "pyproject.toml").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=f"(?s){told}"):
        await LocustDrive("load.py")(OPERATIONS, site_in(tmp_path), on_accepted=lambda workflow_id: None)


async def test_when_the_run_is_interrupted_locust_ends(tmp_path: Path) -> None:
    driving = asyncio.create_task(
        LocustDrive("harness/load/testing_idle.py")(OPERATIONS, site_in(tmp_path), on_accepted=lambda workflow_id: None)
    )

    def locusts() -> list[psutil.Process]:
        return [child for child in psutil.Process().children() if str(tmp_path) in child.cmdline()]

    await eventually(locusts, what="locust to start", timeout_seconds=60)
    started = locusts()
    handed = json.loads(started[0].environ()[INSIDE])
    assert handed == {"metrics": {"worker-1": "http://127.0.0.1:2/metrics"}, "root": os.getpid()}
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    assert driving.cancelled()
    assert not any(child.is_running() for child in started)


def test_a_mistake_in_an_operation_is_told_and_what_needs_it_does_not_wait(tmp_path: Path) -> None:
    playing = [sys.executable, "-m", "harness.load.drive.testing_claimed", str(tmp_path)]
    ended = subprocess.run(playing, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    mistake, full = sorted(ended.stdout.splitlines())
    assert mistake.startswith("the claim 'orders': its workload's operation 'pay/1': ")
    assert mistake.endswith("LookupError: no sample")
    assert full.endswith("OSError: [Errno 28] no space left")
    lines = read_journal(tmp_path / "journal" / f"{WRITER}.jsonl")
    outcomes = {line["operation_id"]: line["outcome"] for line in lines if line["kind"] == "return"}
    assert outcomes == {"ask/1": "FAIL", "ask/2": "FAIL"}
