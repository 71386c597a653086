"""The matrix of cuts on the page and in the terminal."""

from __future__ import annotations

from dataclasses import replace

from harness.record.cuts import KILLED_AFTER, STOPPED, WAYS
from harness.record.record import Record
from harness.record.testing_cuts import EFFECT, parts_of
from harness.record.testing_records import killed_run, valid
from harness.report.cuts import cut_lines, cut_rows
from harness.report.html import report_html
from harness.report.terminal import terminal_lines


def two_cells() -> Record:
    """One cell struck, and the fault for the other missed."""
    record = parts_of(KILLED_AFTER).record()
    missed = parts_of(STOPPED).fault
    return replace(record, faults=(*record.faults, replace(missed, cut=replace(missed.cut, attempt_id=None))))  # type: ignore[type-var]


def test_a_run_without_cuts_shows_no_matrix() -> None:
    assert (cut_rows(killed_run()), cut_lines(killed_run())) == ((), [])
    assert "Where it was cut" not in report_html(killed_run(), [valid()])


def test_the_terminal_shows_how_soon_each_was_answered_and_what_was_not_struck() -> None:
    assert cut_lines(two_cells()) == ["cuts             killed-after  stopped", f"  {EFFECT}  6.5 s         NOT STRUCK"]


def test_the_terminal_names_only_the_faults_that_the_matrix_does_not_tell() -> None:
    lines = terminal_lines(two_cells(), [valid()])
    assert "  1 in the matrix above, each landed, felt and healed" not in lines
    lines = terminal_lines(parts_of(KILLED_AFTER).record(), [valid()])
    assert "  1 in the matrix above, each landed, felt and healed" in lines
    assert not any("landed, felt, healed" in line for line in lines)


def test_the_page_shows_whose_effect_was_struck_and_what_was_not() -> None:
    page = report_html(two_cells(), [valid()])
    assert WAYS[KILLED_AFTER] in page
    assert "INV-1" in page
    assert "not struck" in page
    assert "no request stood at its point" in page
