"""Programs for tests: scripts that print a version, and a Go toolchain that only pretends to compile."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.stack.programs.recipes import PROGRAMS

GO = """#!/bin/sh
case $1 in
    version) echo "go version go{version} linux/amd64"; exit ;;
    list) printf 'one\\ntwo\\n'; exit ;;
esac
while [ "$1" != -o ]; do shift; done
made=$2
echo "$made" >> '{calls}'
{build}
"""
# What a build leaves that works: a program that prints the wanted version.
WORKING = """printf '#!/bin/sh\\necho version {version}\\n' > "$made"; chmod +x "$made"; echo one >&2"""


def script(path: Path, text: str) -> Path:
    """An executable file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def prints_version(path: Path, version: str) -> Path:
    """A program that answers ``--version`` and nothing else."""
    return script(path, f"#!/bin/sh\necho {path.name} version {version}\n")


def fake_go(folder: Path, build: str, version: str = "1.99.0") -> Path:
    """A toolchain whose ``go build`` runs the shell text ``build``, where ``$made`` is the file asked for.

    Each call of ``go build`` leaves a line in ``folder/calls``.
    """
    return script(folder / "go", GO.format(version=version, calls=folder / "calls", build=build))


def only_here(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make ``folder`` the whole machine: its ``venv`` has the interpreter, its ``path`` is PATH, its ``cache`` ours."""
    for variable in ("ASSAY_GO_BIN", *(program.variable for program in PROGRAMS.values())):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ASSAY_CACHE", str(folder / "cache"))
    monkeypatch.setenv("PATH", str(folder / "path"))
    monkeypatch.setattr("sys.executable", str(folder / "venv" / "python"))
    monkeypatch.setattr("harness.stack.programs.binaries.POSTGRES_WHEEL", "a_wheel_that_is_not_installed")
