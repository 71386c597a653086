"""The last lines of a run, and the text they may not let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.record.record import Record
from harness.record.testing_records import fault, invalid, killed_run, run_info, unknown, valid
from harness.report.terminal import terminal_lines
from harness.report.testing_vocabulary import INVOICES
from harness.report.untrusted import visible
from harness.verdict import CheckResult, Finding, Verdict


def test_a_valid_run_from_verdict_to_seed() -> None:
    lines = terminal_lines(killed_run(), [valid()], INVOICES, Path("runs/latest/report.html"))
    assert lines[0].startswith("VALID  2 invoices went through while 1 worker was killed")
    assert "  VALID    every-invoice-mailed  All accepted invoices were mailed." in lines
    assert "   1  worker-kill  landed, felt, healed" in lines
    assert (
        "  2 of 4 attempts cut short; worst recovery 7.0 s, median 5.5 s "
        "(floor 6 s = heartbeat time-out + first back-off; workflow task time-out 10 s)"
    ) in lines
    assert lines[-3:] == [
        "report  runs/latest/report.html",
        "repeat  assay run worker-killed --seed 42",
        "seed    42",
    ]


def test_findings_of_what_is_not_valid_are_shown_and_the_rest_counted() -> None:
    lines = terminal_lines(killed_run(), [valid(), invalid(findings=10), unknown()])
    assert "           - INV-1: was booked twice" in lines
    assert "           - and 7 more" in lines


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(run_info()), "faults  none"),
        (Record(run_info(faults_enabled=False)), "faults  switched off"),
        (killed_run(faults=(fault("k", None, None, error="gone"),)), "   1  worker-kill  never injected; gone"),
        (
            killed_run(faults=(fault("k", 2, None, landed=None, felt=None),)),
            "   1  worker-kill  NO EVIDENCE that it landed, not felt, NOT HEALED",
        ),
    ],
)
def test_faults_that_did_not_go_as_planned(record: Record, expected: str) -> None:
    assert expected in terminal_lines(record, [])


def test_no_check_and_no_recovery() -> None:
    lines = terminal_lines(Record(run_info()), [])
    assert lines[0] == "UNKNOWN  Nothing is proved: no check ran."
    assert "checks  none ran" in lines
    assert "no recovery was measured (no floor without" in "\n".join(lines)


def test_nothing_drives_the_terminal() -> None:
    evil = "\x1b[2J\x07\r\n\u202e" + "x" * 5_000
    record = killed_run(run=run_info(command=evil), faults=(fault("k", 2, 3, kind=evil, error=evil),), interrupted=evil)
    lines = terminal_lines(record, [CheckResult(evil, Verdict.UNKNOWN, evil, (Finding(evil, evil),))])
    assert not set("".join(lines)) & set("\x1b\x07\r\n\u202e")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("فاتورة ١٢٣", "فاتورة ١٢٣"),
        ("a\tb\n", r"a\tb\n"),
        ("\x00\x7f\u202e\ud800", r"\x00\x7f\u202e\ud800"),
        ("क्\u200dष", "क्\u200dष"),
        ("x" * 5_000, "x" * 4_000 + " … (1,000 more characters)"),
    ],
)
def test_the_invisible_becomes_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
