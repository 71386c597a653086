"""A broken version is found in the simulator by the check that it declares, and one that breaks nothing is not."""

from __future__ import annotations

import difflib
from pathlib import Path

from harness.application.version import load_mutant
from harness.config import ProjectConfig
from harness.mutants.budget import Budget
from harness.mutants.simulated import Trial, try_on_simulator
from harness.simulate import testing_toy
from harness.simulate.bench import Project

HEADER = "Something is otherwise.\n\nPromise: a thing is paid for once\nCaught-by: once\nClaim: toy\n\n"
WITH_KEY = "if self.careful and name in self.paid:"
KEY_IS_FORGOTTEN = "if self.careful and name is None:"
NOTHING = "if name in self.paid and self.careful:"


def project(folder: Path, instead: str) -> ProjectConfig:
    """A project whose application is the toy, with one broken version."""
    text = Path(testing_toy.__file__).read_text()
    assert WITH_KEY in text
    (folder / "toy_shop.py").write_text(text)
    before, after = (each.splitlines(keepends=True) for each in (text, text.replace(WITH_KEY, instead)))
    (folder / "mutants").mkdir()
    patch = HEADER + "".join(difflib.unified_diff(before, after, "a/toy_shop.py", "b/toy_shop.py"))
    (folder / "mutants" / "forgets.patch").write_text(patch)
    return ProjectConfig(folder, "toy_shop", "claims", mutants="mutants")


def tried(config: ProjectConfig, family: str, budget: Budget) -> Trial:
    project = Project("toy_shop", "toy_shop", places=[str(config.root)])
    return try_on_simulator(config, project, load_mutant(config, "forgets"), [family], budget=budget)


def test_what_breaks_the_promise_is_killed_by_the_declared_check(tmp_path: Path) -> None:
    config = project(tmp_path, KEY_IS_FORGOTTEN)

    trial = tried(config, "careful", Budget())

    assert trial.killed
    assert trial.found_at is not None
    assert trial.found_at <= trial.executions


def test_nothing_is_killed_where_the_application_as_it_is_breaks_the_promise_too(tmp_path: Path) -> None:
    config = project(tmp_path, KEY_IS_FORGOTTEN)

    trial = tried(config, "careless", Budget())

    assert trial.found_at is not None
    assert "once" in trial.unpatched
    assert not trial.killed


def test_what_breaks_nothing_survives(tmp_path: Path) -> None:
    config = project(tmp_path, NOTHING)

    trial = tried(config, "careful", Budget(executions=20))

    assert trial.found_at is None
    assert trial.executions >= 20
