"""The chart is the same file each time, shows what the sums say, and holds no text of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workflows.kit.money import MINOR_DIGITS
from workflows.reports.contents import chart
from workflows.reports.contents.chart import MOST_PANELS, charted, draw_aging, short
from workflows.reports.contents.testing_lines import line, summary_of

SVG = "{http://www.w3.org/2000/svg}"

DRAWN_ELSEWHERE = """
import sys
from workflows.reports.contents.chart import draw_aging
from workflows.reports.contents.testing_lines import line, summary_of
sys.stdout.buffer.write(draw_aging(summary_of([line(), line("INV-2", "20", paid="50", overdue_days=40)])))
"""


def panels_of(picture: bytes) -> int:
    ids = [each.get("id", "") for each in ElementTree.fromstring(picture).iter(f"{SVG}g")]
    return sum(name.startswith("axes_") for name in ids)


def test_another_process_with_other_settings_and_other_hashes_draws_the_same_bytes(tmp_path: Path) -> None:
    """Whatever a machine has set for matplotlib, in a time zone and a locale of its own."""
    (tmp_path / "matplotlibrc").write_text("savefig.dpi: 30\nsvg.fonttype: none\naxes.facecolor: red\n")
    elsewhere = {"MATPLOTLIBRC": str(tmp_path), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"}
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | elsewhere
    found = subprocess.run(
        [sys.executable, "-c", DRAWN_ELSEWHERE], env=environment, capture_output=True, check=True, timeout=100
    )
    summary = summary_of([line(), line("INV-2", "20", paid="50", overdue_days=40)])
    picture = draw_aging(summary)
    assert found.stdout == picture
    chart._drawn.cache_clear()
    assert draw_aging(summary) == picture


def test_it_is_a_whole_picture_without_text_clock_or_links() -> None:
    picture = draw_aging(summary_of([line(currency="KWD")]))
    tags = {each.tag.removeprefix(SVG) for each in ElementTree.fromstring(picture).iter()}
    assert "path" in tags
    assert not tags & {"text", "image", "script", "a"}
    assert b"date" not in picture


def test_other_figures_are_another_picture() -> None:
    drawn = {draw_aging(summary_of([line(total=total, overdue_days=days)])) for total in ("1", "2") for days in (0, 40)}
    assert len(drawn) == 4


def test_a_panel_for_each_currency_but_no_more_than_there_is_room_for() -> None:
    currencies = sorted(MINOR_DIGITS)
    lines = [line(f"{code}-{number}", currency=code) for code in currencies for number in range(1 + (code > "EUR"))]
    summary = summary_of(lines)
    assert [sums.total.currency for sums in charted(summary)] == ["JPY", "KWD", "SAR", "USD"]
    assert panels_of(draw_aging(summary)) == MOST_PANELS
    for count in (1, 2, 3):
        few = [each for each in lines if each.total.currency in currencies[:count]]
        assert panels_of(draw_aging(summary_of(few))) == count


def test_nothing_outstanding_is_drawn_as_well() -> None:
    assert panels_of(draw_aging(summary_of([line(paid="115")]))) == 1


def test_a_report_without_lines_has_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="R-1 has no lines"):
        draw_aging(summary_of([]))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        *(("0", "0"), ("-0.4", "0"), ("0.6", "1"), ("999.4", "999"), ("999.5", "1 K"), ("12345.67", "12.3 K")),
        *(("999499", "999 K"), ("999500", "1 M"), ("-54500", "-54.5 K"), ("1E+15", "1000 T"), ("150000", "150 K")),
    ],
)
def test_amounts_are_short(amount: str, shown: str) -> None:
    assert short(Decimal(amount)) == shown
