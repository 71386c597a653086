"""The reviewed file: no entry without a reason, none of a change that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.mutants.generated.equivalent import read_equivalents, refuse_stale


def config(folder: Path, **families: str) -> ProjectConfig:
    for family, text in families.items():
        (folder / "claims" / family / "mutants").mkdir(parents=True)
        (folder / "claims" / family / "mutants" / "equivalent.toml").write_text(text)
    return ProjectConfig(root=folder, app="shop.app", scenarios="claims", mutants="claims/*/mutants")


def test_the_entries_of_all_families_are_one(tmp_path: Path) -> None:
    project = config(tmp_path, cash='"a.f.order.1" = "nobody reads it"\n', mail='"b.f.order.2" = " nor this "\n')
    assert read_equivalents(project) == {"a.f.order.1": "nobody reads it", "b.f.order.2": "nor this"}


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_equivalents(config(tmp_path)) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"a.f.order.1" = " "\n', "a.f.order.1 has no reason"),
        ('a.f.order.1 = "without quotes it is a table"\n', "the name in quotes"),
        ('"a.f.order.1" = 1\n', "the name in quotes"),
        ("a = \n", "not valid TOML"),
    ],
)
def test_what_is_no_reviewed_entry_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_equivalents(config(tmp_path, cash=text))


def test_all_that_is_wrong_is_told_together(tmp_path: Path) -> None:
    project = config(tmp_path, cash='x = "why"\ny = ""\n', mail='x = "why else"\n')
    with pytest.raises(UsageError, match=r"y has no reason.*; .*x stands in another file"):
        read_equivalents(project)


def test_an_entry_of_a_change_that_is_gone_is_refused_and_one_that_was_not_drawn_is_not() -> None:
    refuse_stale({"x": "why"}, {"x", "y"})
    with pytest.raises(UsageError, match=r"\(any more\): z; take it out"):
        refuse_stale({"x": "why", "z": "why"}, {"x", "y"})
