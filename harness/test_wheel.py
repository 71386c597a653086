"""The wheel in a fresh environment, beside a project with packages called as ours are: `docs/examples/orders`.

Nothing is fetched: what the wheel depends on comes from the environment of these tests, in which this repository is
installed by a ``.pth`` that the fresh one does not read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.application.project import python_path
from harness.load.testing_runs import LAG_BOUND, watched
from harness.stack.processes.process import RUN_ID_VARIABLE

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "orders"
BUILD_SECONDS, RUN_SECONDS = 120, 150
SUITE = """\
import pytest, workflows
def test_port(free_ports): assert free_ports(1)
def test_skip(): pytest.skip()
"""

# In one worker: the wheel is built once. Three runs of other programs take longer than a test may by default.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(240)]


@dataclass(frozen=True)
class Installed:
    """The wheel, the interpreter of the environment that it is installed in, and a project beside it."""

    wheel: Path
    python: Path
    project: Path
    temporal: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nobody's settings but these."""
        ours = {"ASSAY_TEMPORAL_BIN": str(self.temporal), RUN_ID_VARIABLE: watched(), "CI": "true"}
        return {"PATH": f"{self.python.parent}{os.pathsep}/usr/bin:/bin", "HOME": str(self.project), **ours}

    def run(self, *command: str, seconds: float = RUN_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run something of the environment in the project, to its end."""
        program = self.python.parent / command[0]
        return subprocess.run(
            [program, *command[1:]],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, temporal_binary: Path) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    _pip("--python", str(python), "install", "--no-deps", "--no-index", "--ignore-installed", str(wheel))
    (site,) = (folder / "venv" / "lib").glob("*/site-packages")
    # A line of a .pth is a folder of modules; the .pth files in that folder are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copytree(EXAMPLE, folder / "project")
    return Installed(wheel, python, folder / "project", temporal_binary)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, timeout=BUILD_SECONDS)


def test_it_holds_the_engine_and_the_faults_and_no_test(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = [Path(name) for name in archive.namelist()]
    tops = {name.parts[0] for name in names if not name.parts[0].endswith(".dist-info")}
    assert tops == {"assay.py", "harness", "chaos"}
    tests = ("test_", "testing_", "fake_", "conftest")
    assert not [name for name in names if name.name.startswith(tests)]
    assert Path("harness/load/bench/stub_frontend.py") in names, "`assay bench load` starts it"


def test_nothing_of_the_demo_is_there(installed: Installed) -> None:
    look = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n)])"
    found = installed.run("python", "-P", "-c", look, "workflows", "scenarios", "load", "claims", "assay", "temporalio")
    assert found.stdout.split() == ["assay", "temporalio"]


def test_the_configuration_of_the_server_comes_with_it(installed: Installed) -> None:
    where = "import pathlib, harness.stack.server_config as s; print(s.config_folder(pathlib.Path('nowhere')))"
    assert Path(installed.run("python", "-P", "-c", where).stdout.strip()).is_relative_to(installed.python.parents[1])


def test_a_claim_of_the_project_is_valid(installed: Installed) -> None:
    ended = installed.run("assay", "run", "orders", "--seed", "1")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.splitlines()[-1].split() == ["seed", "1"]
    assert "VALID    liveness  all 12 executions ended" in ended.stdout


def test_a_load_test_of_the_project_is_valid(installed: Installed, temporal_address: str) -> None:
    with _worker(installed, temporal_address):
        # As the program `locust`, which unlike `python -m` does not look in the folder it is started in.
        command = ["-P", "-m", "locust", "-f", "load/orders.py", "--headless", "-u", "2", "-t", "4s", "--only-summary"]
        options = ["--temporal-address", temporal_address, "--generator-lag-seconds", LAG_BOUND]
        ended = installed.run("python", *command, *options)
    assert ended.returncode == 0, ended.stdout
    assert "VALID" in ended.stdout


@contextmanager
def _worker(installed: Installed, address: str) -> Iterator[None]:
    """One that serves the project's application, as a run starts it."""
    environment = {**installed.environment, **python_path(installed.project), "TEMPORAL_ADDRESS": address}
    command = [str(installed.python), "-m", "harness.experiment.worker", "--app", "workflows.shop"]
    command += ["--name", "worker-1.1", "--journal", str(installed.project / "worker.jsonl")]
    process = subprocess.Popen(command, cwd=installed.project, env=environment)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_the_plugin_helps_the_tests_of_the_project_and_lets_them_skip(installed: Installed) -> None:
    (installed.project / "test_suite.py").write_text(SUITE)
    strict = ["-p", "no:locust", "-p", "no:xdist", "-p", "no:timeout", "-o", "strict=true"]
    ended = installed.run("python", "-P", "-m", "pytest", *strict, "-q", "test_suite.py")
    assert ended.returncode == 0, ended.stdout
    assert "1 passed, 1 skipped" in ended.stdout
    claims = installed.run("python", "-P", "-m", "pytest", *strict, "-q", "--collect-only", "claims")
    assert "claims/test_orders.py::test_orders" in claims.stdout
