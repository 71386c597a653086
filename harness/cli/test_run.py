"""`assay run` from outside: exit codes, what an interruption leaves, and that nothing outlives a run.

Real processes of a small project of another team, so these tests also prove that the engine needs nothing of ours.
"""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.cli.testing_project import write_project
from harness.config import load_config
from harness.errors import UsageError
from harness.poll import eventually
from harness.record.integrity.seal import read_seal
from harness.replay.again import ReplayAgain
from harness.stack.processes.sweep import processes_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("runs")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": "", "CI": "true"}
SLOW_SECONDS = 120.0


def assay(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the project, with the project's own packages importable as they would be for its owner."""
    return subprocess.run(command(*arguments), cwd=project, env=environment(project), capture_output=True, text=True)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", *arguments]


def environment(project: Path) -> dict[str, str]:
    return {**ENVIRONMENT, "PYTHONPATH": str(project)}


def verdict_of(project: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((project / "runs" / "latest" / "verdict.json").read_text())
    return answer


def hear_ctrl_c() -> None:
    """A shell starts its background jobs deaf to SIGINT, and they hand that down: not what these tests are about."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def started(project: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], str]:
    """A command, or else a run, in the middle of the work of its latest run, and that one's id."""
    process = subprocess.Popen(  # noqa: ASYNC220 - the test signals it and reads nothing from it
        command(*(arguments or ("run", "orders", "--seed", "1"))),
        cwd=project,
        env=environment(project),
        stderr=subprocess.DEVNULL,
        preexec_fn=hear_ctrl_c,
    )

    def working() -> str | None:
        journal = project / "runs" / "latest" / "journal" / "harness.jsonl"
        if not journal.is_file() or '"name":"settle","event":"entered"' not in journal.read_text():
            return None
        run_id: str = json.loads((project / "runs" / "latest" / "run.json").read_text())["run_id"]
        return run_id

    return process, await eventually(working, what="the run to be at work", timeout_seconds=90)


def test_a_kept_promise_ends_with_0_and_leaves_the_whole_record(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    done = assay(project, "run", "orders", "--seed", "7")
    assert done.returncode == 0, done.stderr
    folder = project / "runs" / "latest"
    for name in ("run.json", "plan.json", "journal", "histories", "logs", "verdict.json", "report.html", "junit.xml"):
        assert (folder / name).exists(), name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert done.stderr.startswith("orders, seed 7")
    assert done.stdout.rstrip().endswith("7")
    check = assay(project, "check")
    assert check.returncode == 0, check.stdout
    _require_replays_again(project)
    # Closed before the first line is written: that nobody reads it is no verdict.
    piped = subprocess.run(
        f"{sys.executable} -m harness.cli check | true; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
    )
    assert (piped.stdout, piped.stderr) == ("141\n", "")


def _require_replays_again(project: Path) -> None:
    """The histories replay on the code that made them, and nothing is said of them on any other."""
    folder, again = (project / "runs" / "latest").resolve(), ReplayAgain(load_config(project))
    before = sorted(folder.rglob("*"))
    assert [replayed.outcome for replayed in again(folder, read_seal(folder))] == ["ok", "ok"]
    assert sorted(folder.rglob("*")) == before
    app = project / "shop" / "app.py"
    text = app.read_text()
    app.write_text(f"{text}# changed\n")
    with pytest.raises(UsageError, match="is not the code that made the run"):
        again(folder, read_seal(folder))
    app.write_text(text)


def test_where_no_run_directory_can_be_made_it_ends_with_3_and_the_cause(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "runs").touch()
    done = assay(project, "run", "orders")
    assert (done.returncode, "cannot make a run directory" in done.stderr) == (3, True), done.stderr


def test_a_broken_promise_ends_with_1(tmp_path: Path) -> None:
    project = write_project(tmp_path, check="record = type(record)(record.run)")
    done = assay(project, "run", "orders")
    assert done.returncode == 1, done.stderr
    assert verdict_of(project)["verdict"] == "INVALID"


def test_a_check_that_crashes_ends_with_4(tmp_path: Path) -> None:
    project = write_project(tmp_path, check="raise ZeroDivisionError('planted')")
    done = assay(project, "run", "orders")
    assert done.returncode == 4, done.stderr
    assert "planted" in json.dumps(verdict_of(project))


@pytest.mark.parametrize(
    ("planted", "code", "told"),
    [
        ("raise KeyError('planted')", 2, r"its workload's prepare: .*claims.*\.py:\d+: KeyError: 'planted'"),
        ("import harness.run; harness.run.read_everything = None", 5, "a defect in Assay itself"),
    ],
    ids=["mistake", "defect"],
)
def test_a_mistake_in_the_claim_ends_with_2_a_defect_with_5_and_nothing_is_left_running(
    tmp_path: Path, planted: str, code: int, told: str
) -> None:
    project = write_project(tmp_path, prepare=planted)
    done = assay(project, "run", "orders")
    assert done.returncode == code, done.stderr
    assert re.search(told, done.stderr)
    run_id = json.loads((project / "runs" / "latest" / "run.json").read_text())["run_id"]
    assert processes_of(run_id) == []
    assert assay(project, "check").returncode != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "nothing"), "known: orders"),
        (("run",), "name a claim"),
        (("run", "orders", "--mutant", "ghost"), "no mutant is called 'ghost'"),
        (("run", "orders", "--stack", "moon"), "moon"),
        (("mutants",), "holds no patch"),
    ],
)
def test_a_wrong_command_ends_with_2_and_says_what_is_known(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = assay(write_project(tmp_path), *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_claim_is_refused_on_a_stack_it_is_not_for_and_the_command_that_works_is_said(tmp_path: Path) -> None:
    done = assay(write_project(tmp_path, stacks=("dev",)), "run", "orders", "--stack", "full")
    assert done.returncode == 2
    assert "orders cannot be tried on the stack 'full', only on dev: `assay run orders --stack dev`" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_all_tries_only_what_fits_the_stack(tmp_path: Path) -> None:
    project = write_project(tmp_path, stacks=("full",))
    nothing = assay(project, "run", "--all")
    assert nothing.returncode == 2
    assert "no claim can be tried on the stack 'dev'" in nothing.stderr
    assert "orders (full)" in assay(project, "run", "--list").stdout


@pytest.mark.parametrize("arguments", [("orders",), ("--all", "--stack", "full"), ("orders", "--stack", "full")])
def test_without_another_word_a_claim_is_tried_on_its_first_stack(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    project = write_project(tmp_path, stacks=("full", "dev"))
    # A program that only the Postgres stack needs: that it is missed says which stack was to come up.
    lacking = {**environment(project), "ASSAY_POSTGRES_BIN": "/nowhere/postgres"}
    done = subprocess.run(command("run", *arguments), cwd=project, env=lacking, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "ASSAY_POSTGRES_BIN=/nowhere/postgres is not an executable file" in done.stderr


def test_a_missing_binary_ends_with_3(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    done = subprocess.run(
        command("run", "orders"),
        cwd=project,
        env={**environment(project), "ASSAY_TEMPORAL_BIN": "/nowhere/temporal"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "ASSAY_TEMPORAL_BIN=/nowhere/temporal is not an executable file" in done.stderr


async def test_ctrl_c_heals_stops_and_ends_with_130(tmp_path: Path) -> None:
    project = write_project(tmp_path, pack_seconds=SLOW_SECONDS)
    process, run_id = await started(project)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert processes_of(run_id) == []
    assert assay(project, "check").returncode not in (0, 130)


async def test_nothing_outlives_a_killed_run_and_its_record_is_not_valid(tmp_path: Path) -> None:
    project = write_project(tmp_path, pack_seconds=SLOW_SECONDS)
    process, run_id = await started(project)
    assert processes_of(run_id)
    psutil.Process(process.pid).kill()
    process.wait(timeout=60)
    await eventually(lambda: not processes_of(run_id), what="the watchdog to sweep", timeout_seconds=60)
    check = assay(project, "check")
    assert check.returncode == 4, check.stderr
    assert "seal.json: there is none: the run is not over, or it was killed" in check.stdout
