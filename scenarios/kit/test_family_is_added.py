"""A family is added by adding: petty cash of docs/examples, in a copy of this project, and nothing else is touched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "petty_cash"
PAGE = ROOT / "docs" / "family.md"
KIND = "booking:petty-cash"
ADDED = ("workflows/petty_cash", "scenarios/petty_cash", "load/petty_cash.py", "load/test_petty_cash.py")
MODULES = {"assay": "harness.cli", "pytest": "pytest"}

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("claims"), pytest.mark.timeout(400)]


def files_of(folder: Path) -> list[Path]:
    """What is tracked below a folder of this project, or about to be, from that folder."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in names if name and (folder / name).is_file()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project with the example added."""
    copy = tmp_path_factory.mktemp("added") / "project"
    for source, files in ((ROOT, files_of(ROOT)), (EXAMPLE, files_of(EXAMPLE))):
        for file in files:
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / file, copy / file)
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    return copy


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the copy, which is found before this project."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    for name in ("COVERAGE_PROCESS_START", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    command = (sys.executable, "-m", *command)
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=380)


def test_it_touches_no_other_file() -> None:
    added = files_of(EXAMPLE)
    assert {"/".join(file.parts[:2]) for file in added} == set(ADDED)
    assert not [file for file in added if (ROOT / file).exists()]


def test_it_keeps_the_house_in_order(project: Path) -> None:
    linters = (("ruff", "check"), ("ruff", "format", "--check"), ("importlinter.cli", "--no-logo"), ("mypy", *ADDED))
    for command in (*linters, ("pytest", "harness/test_tidy.py")):
        done = run(project, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_page_do_what_it_says(project: Path) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    commands = [line.split(" #")[0].split() for line in block.splitlines()]
    assert len(commands) >= 5
    outputs = {}
    for name, *arguments in commands:
        module = ["scenarios.kit.histories"] if name == "make" else [MODULES[name], *arguments]
        done = run(project, *module, *(["-v"] if name == "pytest" else []))
        assert done.returncode == 0, done.stdout + done.stderr
        outputs[arguments[-1]] = done.stdout
    assert re.findall(r"petty-cash-\w+", outputs["--list"]) == ["petty-cash-cut", "petty-cash-held"]
    assert "recorded 2 histories in scenarios/petty_cash/histories/" in outputs["histories"]
    assert "test_every_family_has_histories[petty_cash] PASSED" in outputs["scenarios/kit"]
    assert "test_todays_code_replays_them_and_nothing_drifts PASSED" in outputs["scenarios/kit"]
    assert "test_it_has_every_file_of_the_page[petty_cash] PASSED" in outputs["scenarios/kit/test_whole.py"]
    assert "test_only_a_resume_that_comes_after_the_refusal_ends_the_hold PASSED" in outputs["workflows/petty_cash"]
    assert "test_vouchers_under_load PASSED" in outputs["load/test_petty_cash.py"]
    assert "16 of 16 cells passed (2 activities, each cut in 8 ways)" in outputs["--crash-every-task"]
    reports = [file.parent for file in (project / "runs").glob("*/verdict.json") if not file.parent.is_symlink()]
    verdicts = {json.loads((folder / "verdict.json").read_text())["verdict"]: folder for folder in reports}
    assert verdicts.keys() == {"VALID", "INVALID"}
    assert KIND in (verdicts["VALID"] / "report.html").read_text()


@pytest.fixture(autouse=True)
def _nothing_left(project: Path) -> Iterator[None]:
    yield
    assert not (ROOT / "workflows" / "petty_cash").exists()
