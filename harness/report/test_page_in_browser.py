"""The page as a reader has it: in a real browser, wide and narrow, light and dark, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.record.record import WorldAttempt
from harness.record.testing_records import attempt, invalid, killed_run, operation, unknown, valid
from harness.report.html import report_html
from harness.report.testing_browser import ENOUGH, MARKS, WEAK_TEXT
from harness.report.testing_vocabulary import INVOICES
from harness.stack.programs.browser import opened, screenshot

pytestmark = MARKS


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a broken run with everything on it."""
    requests = (WorldAttempt("w", "smtp", "mail", "m", "INV-1", 1001.0, "accepted", 250),)
    failed = (attempt("invoice-INV-3", 0.1, 0.2, outcome="failed"), attempt("invoice-INV-3", 1.4, 1.5, attempt=2))
    operations = tuple(operation(f"INV-{n}", n / 2, 0.1 * n) for n in range(1, 9))
    attempts = (*killed_run().attempts, *failed)
    record = killed_run(operations=operations, world_attempts=requests, attempts=attempts)
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(record, [valid(), invalid(findings=3), unknown()], INVOICES), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_is_whole_quiet_and_fits_its_window(page_file: Path, width: int) -> None:
    with opened(page_file, width=width) as seen:
        heading = seen.page.locator("h1")
        assert heading.is_visible()
        assert "A promise was broken" in heading.inner_text()
        box = heading.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 900
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.locator("svg:visible").count() >= 7
        assert seen.page.locator(".finding a").first.is_visible()
    assert seen.requests == []
    assert seen.messages == []


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_what_is_behind_it(page_file: Path, dark: bool) -> None:
    with opened(page_file, dark=dark) as seen:
        background = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background != "rgb(253, 253, 251)") is dark
        assert seen.page.evaluate(WEAK_TEXT, ENOUGH) == []


def test_on_paper_every_check_is_open(page_file: Path) -> None:
    with opened(page_file, width=800) as seen:
        seen.page.emulate_media(media="print")
        heights = seen.page.evaluate("[...document.querySelectorAll('.check .inside')].map(e => e.offsetHeight)")
    assert len(heights) == 3
    assert all(height > 0 for height in heights)


def test_a_picture_is_a_png_as_wide_as_asked(page_file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "made" / "page.png"
    screenshot(page_file, picture, width=400)
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 400
