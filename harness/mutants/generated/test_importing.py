"""A change is imported, copied or applied by git: it is the same text each time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from harness.application.version import version_folder
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.mutants.generated.candidates import candidates
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.importing import import_with
from harness.mutants.generated.source import sources_of
from harness.mutants.generated.testing_changes import PRICES, project

PROGRAM = """\
import inspect, json, sys
from pathlib import Path
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.importing import import_with

root = Path(sys.argv[1])
sys.path.insert(0, str(root))
import_with(Generated(**json.loads(sys.argv[2])), root)
from shop import app, prices
assert inspect.getsource(prices.total).count("/") == 1
assert prices.__file__ == str(root / "shop" / "prices.py") and prices.__spec__.origin == prices.__file__
print(app.total(3, 2), prices.__loader__.get_source("shop.prices"), end="")
"""


@pytest.fixture
def quotient(tmp_path: Path) -> Generated:
    """The change that makes the product of the prices a quotient."""
    (found,) = (
        each
        for each in candidates(sources_of(project(tmp_path)))
        if each.kind == "arithmetic" and "prices" in each.name
    )
    return found.generated()


def test_a_new_process_imports_the_changed_text_and_nothing_on_disk_changes(
    tmp_path: Path, quotient: Generated
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), json.dumps(asdict(quotient))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1.5 " + PRICES.replace("*", "/")
    assert (tmp_path / "shop" / "prices.py").read_text() == PRICES


def test_a_version_of_the_application_has_the_same_text(tmp_path: Path, quotient: Generated) -> None:
    config = ProjectConfig(root=tmp_path, app="shop.app", scenarios="claims")
    mutant = quotient.as_mutant(tmp_path, claim="main-job")
    with version_folder(config, mutant) as folder:
        assert (folder / "shop" / "prices.py").read_text() == quotient.text(tmp_path) == PRICES.replace("*", "/")
    assert (mutant.name, mutant.claim) == (quotient.name, "main-job")


def test_what_is_imported_already_cannot_be_changed(tmp_path: Path, quotient: Generated) -> None:
    with pytest.raises(UsageError, match="in a new process"):
        import_with(replace(quotient, module="json"), tmp_path)


def test_a_file_that_was_edited_since_is_refused_by_name(tmp_path: Path, quotient: Generated) -> None:
    (tmp_path / "shop" / "prices.py").write_text("other = 1\n")
    with pytest.raises(UsageError, match=rf"{quotient.name} no longer applies to shop/prices.py"):
        quotient.text(tmp_path)
    (tmp_path / "shop" / "prices.py").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        quotient.text(tmp_path)


def test_a_module_that_comes_from_elsewhere_is_not_replaced(
    tmp_path: Path, quotient: Generated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.delitem(sys.modules, "this", raising=False)
    import_with(replace(quotient, module="this"), tmp_path)
    with pytest.raises(ImportError, match=r"this is imported from .*, and the change is one of .*prices\.py"):
        __import__("this")
