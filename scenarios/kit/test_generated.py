"""What is drawn from the application as it is: each change is another program, and git and the import agree."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from harness.config import load_config
from harness.mutants.generated.candidates import candidates
from harness.mutants.generated.draw import draw
from harness.mutants.generated.equivalent import read_equivalents, refuse_stale
from harness.mutants.generated.kinds.every import KINDS
from harness.mutants.generated.source import sources_of
from harness.seed import Seed

CONFIG = load_config(Path(__file__))
CANDIDATES = candidates(sources_of(CONFIG))


def test_every_change_has_a_name_of_its_own_and_every_kind_is_there() -> None:
    assert len({each.name for each in CANDIDATES}) == len(CANDIDATES)
    assert {each.kind for each in CANDIDATES} == {kind.name for kind in KINDS}


def test_the_reviewed_file_speaks_of_changes_that_there_are() -> None:
    refuse_stale(read_equivalents(CONFIG), {each.name for each in CANDIDATES})


@pytest.mark.parametrize("seed", [1, 2])
def test_each_drawn_change_applies_and_is_another_program(tmp_path: Path, seed: int) -> None:
    drawn = draw(CANDIDATES, 60, Seed(seed))
    assert len({each.name for each in drawn}) == 60
    for mutant in drawn:
        before, after = (CONFIG.root / mutant.file).read_text(encoding="utf-8"), mutant.text(CONFIG.root)
        assert ast.dump(ast.parse(before)) != ast.dump(compile(after, mutant.file, "exec", ast.PyCF_ONLY_AST))
        copy = tmp_path / mutant.name / mutant.file
        copy.parent.mkdir(parents=True)
        copy.write_text(before, encoding="utf-8")
    # All at once, each in a folder of its own: a git process takes longer than all the rest.
    moved = "".join(
        each.diff.replace(f"a/{each.file}", f"a/{each.name}/{each.file}").replace(
            f"b/{each.file}", f"b/{each.name}/{each.file}"
        )
        for each in drawn
    )
    (tmp_path / "all.patch").write_text(moved, encoding="utf-8")
    environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(["git", "apply", "all.patch"], cwd=tmp_path, check=True, env=environment, timeout=60)
    for mutant in drawn:
        assert (tmp_path / mutant.name / mutant.file).read_text(encoding="utf-8") == mutant.text(CONFIG.root)
