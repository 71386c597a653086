"""The page of a load run as a reader has it: in a real browser, wide and narrow, light and dark, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.load.report.report import write_report
from harness.load.testing_outcomes import paused_outcome
from harness.report.testing_browser import ENOUGH, MARKS, WEAK_TEXT
from harness.stack.programs.browser import opened

pytestmark = MARKS


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a broken run with everything on it."""
    file = tmp_path_factory.mktemp("load") / "load.html"
    write_report(paused_outcome(), file)
    return file


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_is_whole_quiet_and_fits_its_window(page_file: Path, width: int) -> None:
    with opened(page_file, width=width) as seen:
        heading = seen.page.locator("h1")
        assert heading.is_visible()
        assert "2 of 5 thresholds are broken" in heading.inner_text()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.locator("svg:visible").count() == 6
        assert seen.page.locator(".fault-window:visible").count() == 5
        assert seen.page.locator("h2").count() == 8
    assert seen.requests == []
    assert seen.messages == []


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_what_is_behind_it(page_file: Path, dark: bool) -> None:
    with opened(page_file, dark=dark) as seen:
        background = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background != "rgb(253, 253, 251)") is dark
        assert seen.page.evaluate(WEAK_TEXT, ENOUGH) == []


@pytest.mark.parametrize("width", [390, 1200])
def test_raw_and_corrected_can_be_read_at_either_width(page_file: Path, width: int) -> None:
    with opened(page_file, width=width) as seen:
        body = seen.page.locator("main").inner_text().lower()
    assert "corrected" in body
    assert "raw" in body
    assert "14.9 s" in body


def test_on_paper_nothing_runs_over_the_edge(page_file: Path, tmp_path: Path) -> None:
    with opened(page_file, width=800) as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 800
        assert seen.page.locator("svg:visible").count() == 6
        printed = seen.page.pdf(format="A4", path=tmp_path / "load.pdf")
    assert printed.startswith(b"%PDF")
