"""A command's table in a page: only what stands between its marks changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.report.marked import marks, table_in, write_table

BEGIN, END = marks("assay things")


@pytest.mark.parametrize("old", ["", "| old |\n", "| old |\n\nand more\n"])
def test_only_the_table_changes(tmp_path: Path, old: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n{BEGIN}\n{old}{END}\nrest\n")
    assert table_in(page, "assay things") == old.removesuffix("\n")
    write_table(page, "assay things", "| new |\n| \\1 |")
    assert page.read_text() == f"# Page\n{BEGIN}\n| new |\n| \\1 |\n{END}\nrest\n"
    assert table_in(page, "assay things") == "| new |\n| \\1 |"


@pytest.mark.parametrize("text", ["no marks", f"{END}\n{BEGIN}\n", f"{BEGIN}\nnever ends\n"])
def test_a_page_without_the_marks_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(UsageError, match="lacks the lines"):
        write_table(page, "assay things", "| new |")
    assert page.read_text() == text
    with pytest.raises(UsageError, match="cannot be read"):
        table_in(tmp_path / "none.md", "assay things")
