"""The page of a load run: it says what the outcome says, escapes what came from outside, and loads nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.load.judge.test_thresholds import measured
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Measurements
from harness.load.report.report import report_html, write_report
from harness.load.testing_outcomes import closed_outcome, outcome_of, paused_outcome


def text_of(page: str) -> str:
    """What a reader sees of a page, in one line."""
    body = page.split("<body>")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)).split())


def test_the_page_says_verdict_thresholds_rows_and_how_to_repeat() -> None:
    text = text_of(report_html(paused_outcome()))
    assert text.startswith("INVALID load invoices 2 of 5 thresholds are broken.")
    assert "INVALID ✗ completion.p99&lt;5s 14.9 s" in text
    assert "VALID ✓ start.p99&lt;100ms 15.4 ms" in text
    assert "completion InvoiceProcessing 1,200 0 0" in text
    assert "workflows completed 1,200 1,199" in text
    assert re.search(r"1 worker-pause: all workers stand still 25.0 s 40.0 s 0 % 1\d.0 s after it", text)
    assert "19.9/s of 20.0/s wanted; 7 late, 0 never" in text
    assert "locust -f load/invoices.py --headless -u 50 -t 60s" in text


def test_raw_and_corrected_stand_side_by_side() -> None:
    text = text_of(report_html(closed_outcome()))
    # Ten waited 15 s, and ten each that could not ask meanwhile 14 s, 13 s, ...: the slowest hundredth of 1,340 is 14.
    (row,) = re.findall(r"completion InvoiceProcessing 1,200 0 0 (.*?) completion", text)
    times = re.findall(r"[\d.]+ m?s", row)
    assert (times[2], times[6]) == ("14.0 s", "160 ms")


def test_the_page_says_how_late_the_generator_itself_was() -> None:
    lag = Latencies()
    lag.record(0.02)
    assert "Lag the generator itself was 20.0 ms late (p50)" in text_of(report_html(paused_outcome(lag=lag)))
    assert "Lag nobody measured" in text_of(report_html(paused_outcome()))


def test_what_came_from_outside_is_escaped_and_made_visible() -> None:
    page = report_html(paused_outcome(command="locust </code><script>"))
    assert "<script" not in page
    assert "\x1b" not in page
    assert "‮" not in page
    assert "locust &lt;/code&gt;&lt;script&gt;" in page
    assert r"&lt;script&gt;alert(1)&lt;/script&gt; \x1b[31m \u202e refused" in page


def test_inside_the_system_stands_what_was_seen_and_what_was_not() -> None:
    text = text_of(report_html(paused_outcome())).split("Inside the system")[1]
    assert "in 6 readings over 10.0 s" in text
    assert "73/s state transitions 730 in all; at most 150/s" in text
    assert "12 backlog at most tasks that waited; at the end 0" in text
    assert "≤ 5.00 s workflow tasks waited p99 of schedule-to-start; p50 ≤ 10.0 ms, of 115" in text
    assert "— activities waited no worker&#39;s metrics page shows any" in text
    assert "history 0.60 1.50 208 MiB — — 1 of 6" in text
    assert (
        "worker-1 0.25 0.25 100 MiB workflow 10 of 10, none free in 2 readings, activity 1 of 10 workflow 5 0 of 6"
        in text
    )
    assert "history-2 never answered:" in text


def test_where_nothing_could_be_looked_into_the_page_says_so_and_how_to() -> None:
    text = text_of(report_html(closed_outcome())).split("Inside the system")[1]
    assert text.lstrip().startswith("nothing was read:")
    assert "--metrics worker-1=http://" in text
    assert "state transitions" not in text


def test_the_page_loads_nothing() -> None:
    page = report_html(paused_outcome())
    assert "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=|url\(|@import", page)


@pytest.mark.parametrize(
    ("measurements", "verdict"),
    [(Measurements(), "UNKNOWN"), (measured(failed=2), "INVALID"), (measured(unseen=2), "UNKNOWN")],
)
def test_a_run_without_a_success_has_a_page_too(measurements: Measurements, verdict: str) -> None:
    assert text_of(report_html(outcome_of(measurements))).startswith(f"{verdict} load invoices")


def test_the_same_outcome_gives_the_same_page() -> None:
    assert report_html(paused_outcome()) == report_html(paused_outcome())


def test_an_earlier_page_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "made" / "load.html"
    for _ in range(2):
        write_report(closed_outcome(), file)
    assert [each.name for each in file.parent.iterdir()] == ["load.html"]
    assert file.read_text(encoding="utf-8") == report_html(closed_outcome())
