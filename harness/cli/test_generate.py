"""The command against a project of its own, whose generator writes next to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import exit_code

MODULE = """
class Generator:
    formats = ("csv", "ubl")

    def files(self, *, seed, invoices, formats):
        return {f"{name}.txt": f"{seed} {invoices}".encode() for name in formats}


generator = Generator()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project, made the current one."""
    (tmp_path / "tiny_generator.py").write_text(MODULE)
    table = '[tool.assay]\napp = "shop.app"\nscenarios = "claims"\ngenerator = "tiny_generator"\n'
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.txt"))


def test_writes_both_formats_from_seed_1_by_default(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["generate", "company"]) == 0
    assert names(project / "company") == ["csv.txt", "ubl.txt"]
    assert (project / "company" / "csv.txt").read_text() == "1 100"
    assert "100 invoices in 2 files" in capsys.readouterr().out


def test_refuses_to_overwrite_unless_it_is_told_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["generate", "company"]) == 0
    assert exit_code(["generate", "company", "--seed", "2"]) == 2
    assert "--force" in capsys.readouterr().err
    assert exit_code(["generate", "company", "--seed", "2", "--invoices", "7", "--format", "ubl", "--force"]) == 0
    assert names(project / "company") == ["ubl.txt"]
    assert (project / "company" / "ubl.txt").read_text() == "2 7"


@pytest.mark.parametrize("wrong", [["--format", "pdf"], ["--invoices", "0"], ["--seed", "-1"], ["--invoices", "10001"]])
def test_what_cannot_be_generated_is_a_usage_error(project: Path, wrong: list[str]) -> None:
    assert exit_code(["generate", "company", *wrong]) == 2
    assert not (project / "company").exists()


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["generate", "--help"]) == 0
    help_text = capsys.readouterr().out
    for word in ("--seed", "--invoices", "--format", "--force", "application/xml", "curl"):
        assert word in help_text
