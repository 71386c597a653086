"""`[tool.assay]` is read whole or refused with every problem at once."""

from pathlib import Path

import pytest

from harness.config import ProjectConfig, load_config
from harness.errors import UsageError


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_reads_the_table_from_a_folder_below(tmp_path: Path) -> None:
    write(tmp_path, '[tool.assay]\napp = "shop.app"\nscenarios = "claims"\n')
    (tmp_path / "deep").mkdir()
    config = load_config(tmp_path / "deep")
    assert (config.root, config.app, config.scenarios, config.world) == (tmp_path, "shop.app", "claims", None)
    assert config.generator is None
    assert config.runs_folder == tmp_path / "runs"


def test_names_every_problem_at_once(tmp_path: Path) -> None:
    write(tmp_path, "[tool.assay]\napp = 3\ncolour = 'red'\n")
    with pytest.raises(UsageError) as refused:
        load_config(tmp_path)
    for problem in ("unknown key 'colour'", "missing key 'scenarios'", "app must be a text"):
        assert problem in str(refused.value)


def test_says_what_to_add_when_there_is_no_table(tmp_path: Path) -> None:
    write(tmp_path, "[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match=r"\[tool\.assay\]"):
        load_config(tmp_path)


def test_broken_toml_is_refused_by_file(tmp_path: Path) -> None:
    write(tmp_path, "[tool.assay\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml: not valid TOML"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"[tool]\nassay = 3\n", r"pyproject\.toml: \[tool\.assay\] must be a table, not 3"),
        (b"tool = 3\n", r"no pyproject\.toml with a \[tool\.assay\] table"),
        (b"# caf\xe9\n[tool.assay]\n", r"pyproject\.toml: not valid TOML: 'utf-8' codec"),
    ],
)
def test_what_is_no_table_or_no_text_is_refused_by_file(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        load_config(tmp_path)


@pytest.mark.parametrize("mutants", ["/x", "", "a**"])
def test_mutants_that_are_in_no_folder_below_are_refused(tmp_path: Path, mutants: str) -> None:
    config = ProjectConfig(tmp_path, "shop.app", "claims", mutants=mutants)
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match=r"pyproject\.toml \[tool\.assay\] mutants = .*; name a folder below it"):
        config.patches()
