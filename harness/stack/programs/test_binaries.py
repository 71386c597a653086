"""The order of the search, on a machine that is one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, HarnessDefect
from harness.stack.programs.binaries import POSTGRES_WHEEL, cached, find_binary, is_of_line, search_for, version_of
from harness.stack.programs.recipes import PROGRAMS, program_called
from harness.stack.programs.testing_programs import only_here, prints_version, script

SERVER = PROGRAMS["temporal-server"]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_here(monkeypatch, tmp_path)


def test_each_place_is_asked_in_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_cache = prints_version(cached(SERVER), "1.32.0")
    assert find_binary("temporal-server") == in_cache
    on_path = prints_version(tmp_path / "path" / "temporal-server", "1.32.4")
    assert find_binary("temporal-server") == on_path
    beside = prints_version(tmp_path / "venv" / "temporal-server", "1.32.1")
    assert find_binary("temporal-server") == beside
    own = prints_version(tmp_path / "own", "1.20.0")
    monkeypatch.setenv("ASSAY_TEMPORAL_SERVER_BIN", str(own))
    assert find_binary("temporal-server") == own


def test_another_version_is_passed_over_and_named(tmp_path: Path) -> None:
    old = prints_version(tmp_path / "path" / "temporal-server", "1.28.3")
    broken = script(tmp_path / "venv" / "temporal-server", "#!/bin/sh\nexit 1\n")
    in_cache = prints_version(cached(SERVER), "1.32.0")
    search = search_for(SERVER)
    assert search.path == in_cache
    assert search.passed_over == (f"{broken} is of no known version, not 1.32", f"{old} is 1.28.3, not 1.32")


def test_what_is_nowhere_is_refused_with_the_command_that_brings_it(tmp_path: Path) -> None:
    prints_version(tmp_path / "path" / "temporal-server", "1.28.3")
    with pytest.raises(
        EnvironmentMissing, match=r"1\.28\.3, not 1\.32.*`assay doctor --fix`.*ASSAY_TEMPORAL_SERVER_BIN"
    ):
        find_binary("temporal-server")
    with pytest.raises(EnvironmentMissing, match="`make setup`"):
        find_binary("temporal")


def test_a_variable_that_names_no_program_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prints_version(cached(SERVER), "1.32.0")
    monkeypatch.setenv("ASSAY_TEMPORAL_SERVER_BIN", str(tmp_path))
    with pytest.raises(EnvironmentMissing, match="is not an executable file"):
        find_binary("temporal-server")


def test_an_unknown_name_is_our_mistake() -> None:
    with pytest.raises(HarnessDefect, match="no stack has a program called temporal-sever"):
        find_binary("temporal-sever")


def test_the_parts_of_postgres_come_from_one_folder(tmp_path: Path) -> None:
    home = tmp_path / "postgresql" / "bin"
    prints_version(home / "postgres", "18.1")
    initdb = prints_version(home / "initdb", "18.1")
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "postgres").symlink_to(home / "postgres")
    prints_version(tmp_path / "path" / "psql", "18.1")
    assert find_binary("initdb") == initdb
    with pytest.raises(EnvironmentMissing, match="has no psql beside it"):
        find_binary("psql")


def test_the_wheel_has_postgres_in_the_pinned_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "harness.stack.programs.binaries.POSTGRES_WHEEL", POSTGRES_WHEEL
    )  # as it was before the fixture
    for name in ("postgres", "initdb", "pg_ctl", "pg_isready", "psql"):
        assert version_of(find_binary(name)) == PROGRAMS[name].version


@pytest.mark.parametrize(
    ("version", "line", "belongs"),
    [("1.32.4", "1.32", True), ("18", "18", True), ("1.320.0", "1.32", False), ("1.3", "1.32", False)],
)
def test_a_line_of_versions(version: str, line: str, belongs: bool) -> None:
    assert is_of_line(version, line) is belongs


def test_an_installed_wheel_is_told_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program_called("postgres").mend == "make setup"
    monkeypatch.setattr("harness.stack.programs.recipes.CHECKOUT", tmp_path)
    assert program_called("postgres").mend == "pip install --upgrade 'temporal-assay[full]'"
    assert program_called("temporal").mend == "pip install --upgrade 'temporal-assay'"
