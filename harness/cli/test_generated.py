"""`assay mutants --generated` from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cli.test_run import assay
from harness.cli.testing_project import write_project

pytestmark = pytest.mark.xdist_group("runs")
PLACE = re.compile(r"^    \S+ in \S+, shop/app\.py:\d+$", re.MULTILINE)


def test_the_list_shows_the_changes_as_diffs_and_the_seed_decides(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    first, again, other = (assay(folder, "mutants", "--generated", "3", "--seed", seed, "--list") for seed in "112")
    assert first.returncode == 0, first.stderr
    assert len(PLACE.findall(first.stdout)) == first.stdout.count("+++ b/shop/app.py") == 3
    assert re.search(r"^3 of \d+ possible changes, drawn from all lines of shop", first.stdout, re.MULTILINE)
    assert first.stdout == again.stdout != other.stdout


def test_what_is_known_to_be_equivalent_says_so_and_what_is_gone_is_refused(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    every = assay(folder, "mutants", "--generated", "99", "--list").stdout
    names = re.findall(r"^(app\.\S+)$", every, re.MULTILINE)
    (folder / "scenarios" / "mutants").mkdir(parents=True)
    reviewed = folder / "scenarios" / "mutants" / "equivalent.toml"
    reviewed.write_text("".join(f'"{name}" = "nobody reads it"\n' for name in names))
    listed = assay(folder, "mutants", "--generated", "1", "--list").stdout
    assert listed.count("    equivalent: nobody reads it\n") == 1
    assert f"{len(names) - 1} of the equivalent ones in equivalent.toml were not drawn" in listed
    reviewed.write_text('"app.gone.order.12345678" = "nobody read it"\n')
    done = assay(folder, "mutants", "--generated", "1", "--list")
    assert done.returncode == 2
    assert "app.gone.order.12345678" in done.stderr


def test_nothing_is_left_out_in_silence(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    mixed = assay(folder, "mutants", "lost", "--generated", "3", "--list")
    assert mixed.returncode == 2
    assert "leave out the rest" in mixed.stderr
