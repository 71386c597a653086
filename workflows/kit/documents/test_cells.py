"""No spreadsheet runs what stands in an export."""

from __future__ import annotations

import pytest

from workflows.kit.documents.cells import defused


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r=1",
        "\n=1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "-",
        "--1",
    ],
)
def test_what_would_run_is_marked_as_text(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Consulting", "12.50", "-12.50", "+3", "شركة", "a=b", "1-2", "'quoted", "5 @ 10"])
def test_numbers_and_plain_texts_stay(cell: str) -> None:
    assert defused(cell) == cell
