"""The plugin in other people's suites, and our own rule: with CI=true a skip is a failure, and an xfail is none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plugin import TRIES, pytest_collection_modifyitems

ROOT = Path(__file__).parent.parent

SUITE = """
import pytest
def test_passes(): pass
@pytest.mark.skip(reason="by mark")
def test_mark(): pass
def test_call(): pytest.skip("by call")
@pytest.mark.xfail(reason="known")
def test_xfail(): raise ValueError
@pytest.mark.xfail(run=False, reason="known")
def test_xfail_not_run(): raise ValueError
"""
MODULE = 'import pytest\npytest.skip("whole module", allow_module_level=True)\n'


@pytest.mark.parametrize(
    ("ci", "module", "outcome"),
    [
        ("true", "", {"passed": 1, "failed": 1, "error": 1, "xfailed": 2}),
        ("", "", {"passed": 1, "skipped": 2, "xfailed": 2}),
        ("true", MODULE, {"error": 1}),
        ("", MODULE, {"passed": 1, "skipped": 3, "xfailed": 2}),
    ],
)
def test_a_skip_fails_in_ci_only(tmp_path: Path, ci: str, module: str, outcome: dict[str, int]) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (tmp_path / "test_suite.py").write_text(SUITE)
    if module:
        (tmp_path / "test_module.py").write_text(module)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-n",
            "0",
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CI": ci},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    summary = run.stdout.strip().splitlines()[-1]
    counts = {word.removesuffix("s"): int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", summary)}
    assert counts == outcome, run.stdout
    assert ("nothing may be skipped" in run.stdout) == (ci == "true")


QUIET = """
import threading
def test_quiet(): assert "broker" not in [thread.name for thread in threading.enumerate()]
def test_asks(temporal_address): pass
"""


def test_outside_of_a_project_it_starts_nothing_and_says_so_when_asked(tmp_path: Path) -> None:
    """Without a conftest: pytest finds the plugin by itself, wherever Assay is installed."""
    (tmp_path / "test_suite.py").write_text(QUIET)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:locust", "--rootdir", ".", "."]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed, 1 error" in run.stdout
    assert "is in no project: no pyproject.toml with a [tool.assay] table" in run.stdout


def test_it_imports_nothing_of_the_engine_until_it_is_asked() -> None:
    """Coverage begins after pytest has loaded its plugins, and takes what was imported before for never run."""
    look = (
        "import sys, harness.plugin as _; print(*[n for n in sys.modules if n.startswith(('harness.', 'temporalio'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", look], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    assert loaded.stdout.split() == ["harness.plugin"]


@pytest.mark.long
def test_the_tests_of_a_group_run_in_one_worker(tmp_path: Path) -> None:
    """Stacks on known ports and whole runs rely on it: two at once break each other, or starve."""
    (tmp_path / "test_grouped.py").write_text(
        "import os, pathlib, pytest\n"
        "pytestmark = pytest.mark.xdist_group('ports')\n"
        "@pytest.mark.parametrize('number', range(8))\n"
        "def test_where(number):\n"
        "    pathlib.Path(f'ran-{number}').write_text(os.environ['PYTEST_XDIST_WORKER'])\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist=loadgroup"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)], cwd=tmp_path, env=environment, check=True, timeout=60
    )
    ran = [path.read_text() for path in sorted(tmp_path.glob("ran-*"))]
    assert len(ran) == 8
    assert len(set(ran)) == 1


def test_a_claim_has_time_for_all_its_tries() -> None:
    marks: list[pytest.MarkDecorator] = []
    item: Any = SimpleNamespace(fixturenames=["try_claim"], add_marker=marks.append)
    manager = SimpleNamespace(hasplugin=lambda name: name == "timeout")
    config: Any = SimpleNamespace(getoption=lambda name: None, pluginmanager=manager)
    pytest_collection_modifyitems(config, [item])
    assert [mark.args for mark in marks] == [(300 * TRIES,)]


@pytest.mark.long
def test_claims_begin_before_everything_else_and_run_in_one_worker(tmp_path: Path) -> None:
    """Each brings up a stack of its own."""
    (tmp_path / "conftest.py").write_text(
        'pytest_plugins = ["harness.plugin"]\nimport pytest\n@pytest.fixture\ndef try_claim(): pass\n'
    )
    (tmp_path / "test_a.py").write_text("def test_other(): pass\n")
    for name in "bcde":
        (tmp_path / f"test_{name}.py").write_text("def test_claim(try_claim): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-n", "2", "--dist=loadgroup"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    passed = re.findall(r"\[(gw\d)\] .* PASSED (\S+)", run.stdout)
    assert len({worker for worker, test in passed if "test_claim" in test}) == 1
    assert sum(test.endswith("::test_claim@claims") for _, test in passed) == 4
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--collect-only", "--rootdir", ".", "."],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert re.findall(r"::(\w+)", collected.stdout) == ["test_claim"] * 4 + ["test_other"]


@pytest.mark.long
def test_of_the_claims_a_turn_tries_its_part_and_those_that_are_always_tried(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        'pytest_plugins = ["harness.plugin"]\nimport pytest\n@pytest.fixture\ndef try_claim(): pass\n'
    )
    (tmp_path / "test_claims.py").write_text(
        "import pytest\ndef test_other(): pass\n@pytest.mark.always\ndef test_first(try_claim): pass\n"
        + "".join(f"def test_{name}(try_claim): pass\n" for name in "abcd")
    )

    def tried(turn: str) -> tuple[list[str], str]:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-n", "0", "--strict-markers"]
        run = subprocess.run(
            [*command, "--turn", turn, "--rootdir", ".", "."],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return re.findall(r"test_claims.py::test_(\w+) PASSED", run.stdout), run.stdout + run.stderr

    first, told = tried("1/2")
    assert first == ["first", "a", "b", "other"]
    assert "4 passed, 2 deselected" in told
    assert tried("2/2")[0] == ["first", "c", "d", "other"]
    assert "is not a turn: say N" in tried("0/2")[1]
    assert "is not in a git repository, so no commit says whose turn it is; pass 1/2" in tried("2")[1]
