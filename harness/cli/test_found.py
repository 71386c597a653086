"""`assay bench` and `assay load` find the project's commands by name, and end with what they end with."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import exit_code

MODULE = """
import click

@click.command()
@click.option("--broken", is_flag=True)
def tiny(broken):
    '''Measure next to nothing.'''
    return 1 if broken else 0

commands = {"tiny": tiny}
"""
TABLE = '[tool.assay]\napp = "shop.app"\nscenarios = "claims"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project with one such command, made the current one."""
    (tmp_path / "tiny_commands.py").write_text(MODULE)
    (tmp_path / "pyproject.toml").write_text(TABLE + 'benches = "tiny_commands"\nload = "tiny_commands"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--broken"], 1), (["--colour"], 2)])
@pytest.mark.parametrize("group", ["bench", "load"])
def test_a_command_ends_with_its_own_code(project: Path, group: str, arguments: list[str], code: int) -> None:
    assert exit_code([group, "tiny", *arguments]) == code


def test_the_help_names_the_commands(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["bench", "--help"]) == 0
    assert "Measure next to nothing" in capsys.readouterr().out


def test_a_command_that_is_none_is_a_usage_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["bench", "huge"]) == 2
    assert "huge" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["", 'benches = "nowhere"\n', 'benches = "json"\n'])
def test_a_project_without_commands_is_told_what_to_add(
    project: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(TABLE + line)
    assert exit_code(["bench", "tiny"]) == 2
    assert "[tool.assay]" in capsys.readouterr().err
