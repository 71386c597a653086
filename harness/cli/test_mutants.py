"""`assay mutants` from outside: which mutants are tried, where, and that it says which were not."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from harness.cli.test_run import ENVIRONMENT, SLOW_SECONDS, assay, started
from harness.cli.testing_project import write_project
from harness.stack.processes.sweep import processes_of

pytestmark = pytest.mark.xdist_group("runs")
PATCH = """\
Nothing is packed any more.

Promise: every order is packed
Caught-by: packed
Claim: orders

--- a/shop/app.py
+++ b/shop/app.py
@@ -9 +9 @@
-    return f"packed {order}"
+    return f"lost {order}"
"""


def project(folder: Path, stacks: tuple[str, ...]) -> Path:
    """A project with one mutant, whose claim is tried on these stacks."""
    write_project(folder, stacks=stacks)
    (folder / "scenarios" / "mutants").mkdir(parents=True)
    (folder / "scenarios" / "mutants" / "lost.patch").write_text(PATCH)
    return folder


def test_the_list_says_on_which_stack_each_is_tried(tmp_path: Path) -> None:
    done = assay(project(tmp_path, ("full", "dev")), "mutants", "--list")
    assert done.returncode == 0, done.stderr
    assert "caught by packed on orders (full)" in done.stdout


def test_a_mutant_of_another_stack_is_not_tried_and_its_stack_is_named(tmp_path: Path) -> None:
    done = assay(project(tmp_path, ("full",)), "mutants")
    assert done.returncode == 2
    assert "lost on full" in done.stderr


def test_a_named_mutant_is_tried_on_the_first_stack_of_its_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, ("full", "dev"))
    # A program that only the Postgres stack needs: that it is missed says which stack was to come up.
    monkeypatch.setitem(ENVIRONMENT, "ASSAY_POSTGRES_BIN", "/nowhere/postgres")
    done = assay(folder, "mutants", "lost")
    assert done.returncode == 1, done.stderr
    assert "ASSAY_POSTGRES_BIN=/nowhere/postgres" in done.stdout
    assert "0 of 1 killed" in done.stdout


def test_a_turn_that_has_no_mutant_is_refused_and_not_green(tmp_path: Path) -> None:
    done = assay(project(tmp_path, ("dev",)), "mutants", "--turn", "1/2")
    assert done.returncode == 2
    assert "turn 1/2: there are fewer mutants than parts" in done.stderr


async def test_sigterm_stops_the_trials_with_it(tmp_path: Path) -> None:
    folder = project(tmp_path, ("dev",))
    app = folder / "shop" / "app.py"
    app.write_text(app.read_text().replace("asyncio.sleep(", f"asyncio.sleep({SLOW_SECONDS} + "))
    process, run_id = await started(folder, "mutants", "--jobs", "1")
    assert processes_of(run_id)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 130
    assert processes_of(run_id) == []
