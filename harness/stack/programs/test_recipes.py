"""The versions that recipes name are those that the committed modules pin."""

from __future__ import annotations

import re

import pytest

from harness.stack.programs.recipes import PROGRAMS, Program

BUILT = [program for program in PROGRAMS.values() if program.recipe is not None]


@pytest.mark.parametrize("program", BUILT, ids=lambda program: program.name)
def test_the_module_pins_the_version_and_its_hash(program: Program) -> None:
    assert program.recipe is not None
    required = re.findall(r"^require (\S+) v(\S+)$", (program.recipe.folder / "go.mod").read_text(), re.MULTILINE)
    assert [version for _, version in required] == [program.version]
    module, version = required[0]
    assert program.recipe.package.startswith(f"{module}/")
    assert f"{module} v{version} h1:" in (program.recipe.folder / "go.sum").read_text()


@pytest.mark.parametrize("program", BUILT, ids=lambda program: program.name)
def test_the_module_imports_the_package_so_that_tidy_keeps_its_hashes(program: Program) -> None:
    assert program.recipe is not None
    assert f'"{program.recipe.package}"' in (program.recipe.folder / "tools.go").read_text()
