"""The lines at the end of a load run: raw beside corrected, every threshold with its value, the verdict last."""

from __future__ import annotations

from pathlib import Path

from harness.load.judge.test_thresholds import measured
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered
from harness.load.report.table import table_lines
from harness.load.testing_outcomes import outcome_of, paused_outcome, paused_run


def line_of(lines: list[str], start: str) -> str:
    (line,) = (line for line in lines if line.strip().startswith(start))
    return line


def test_a_row_stands_raw_beside_corrected() -> None:
    lines = table_lines(outcome_of(paused_run()))
    assert lines[0].split("raw")[1].endswith("corrected: from when it was intended")
    assert lines[1].split() == ["ok", "errors", "unseen", *["p50", "p95", "p99", "max"] * 2]
    columns = line_of(lines, "completion").split()
    assert columns[2:5] == ["1,200", "0", "0"]
    raw, corrected = columns[5:13], columns[13:]
    assert len(raw) == len(corrected) == 8
    assert len({len(line) for line in lines[1:6]}) == 1


def test_every_threshold_has_its_sign_and_its_value() -> None:
    lines = table_lines(paused_outcome())
    assert line_of(lines, "✗ completion.p99<5s").split()[2:] == ["14.9", "s"]
    assert line_of(lines, "✓ offered>=98%").split()[2:] == ["99.42", "%"]
    valid = table_lines(outcome_of(measured(10), "completion.p99<5s"))
    assert line_of(valid, "✓ errors<1%").endswith("0 %  (implied)")
    assert line_of(valid, "VALID").split("  ")[1].startswith("All 3 thresholds were met")


def test_the_verdict_comes_with_its_reasons() -> None:
    lines = table_lines(paused_outcome(), Path("runs/latest/report.html"))
    verdict = lines.index("INVALID  2 of 5 thresholds are broken.")
    assert lines[verdict + 1].startswith("  - completion.p99<5s is broken: 14.9 s")
    assert "  - we count 1,200 workflows completed, the server 1,199" in lines
    assert lines[-3:] == [
        "report  runs/latest/report.html",
        "repeat  locust -f load/invoices.py --headless -u 50 -t 60s",
        "seed    42",
    ]


def test_what_was_offered_and_what_the_server_counts_is_told() -> None:
    lines = table_lines(paused_outcome(offered=Offered(scheduled=1_200, begun=1_190, late=7)))
    assert line_of(lines, "offered ").endswith("arrivals were begun in time (7 late, 10 never)")
    assert line_of(lines, "counted  1,200 workflows started").endswith("as the server counts")
    assert line_of(lines, "counted  1,200 workflows completed").endswith("but the server counts 1,199")


def test_nothing_measured_is_said() -> None:
    lines = table_lines(outcome_of(Measurements()))
    assert lines[0] == "rows    nothing was measured"
    assert "  - nothing was executed" in lines
    assert line_of(lines, "UNKNOWN")


def test_no_error_can_drive_the_terminal() -> None:
    text = "\n".join(table_lines(paused_outcome()))
    assert "\x1b" not in text
    assert "‮" not in text
    assert "\\x1b" in text


def test_a_few_lines_say_what_was_seen_inside() -> None:
    lines = table_lines(paused_outcome())
    place = lines.index(line_of(lines, "inside"))
    assert lines[place] == "inside   73 state transitions/s (at most 150/s); backlog at most 12, at the end 0"
    assert lines[place + 1].split(":")[1] == " workflow task p50 ≤ 10.0 ms, p99 ≤ 5.00 s"
    assert lines[place + 2].strip() == "busiest: history 0.60, worker-1 0.25 (cores)"
    assert lines[place + 3].strip().startswith("history-2 never answered: ")
    assert "\x1b" not in "".join(lines)


def test_where_nothing_could_be_looked_into_a_line_says_how_to() -> None:
    assert "--metrics worker-1=http://" in line_of(table_lines(outcome_of(paused_run())), "inside")
