"""With CI=true a skip is a failure; without it, and for xfail, it is not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n')
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
