"""The page of a large run is no larger than anybody opens, and what it leaves out it counts."""

from __future__ import annotations

from dataclasses import replace

from harness.record.record import ProcessEvent, Record, Sample, Strike
from harness.record.testing_records import (
    BEGAN,
    attempt,
    execution,
    fault,
    killed_run,
    operation,
    policy,
    run_info,
    valid,
    work_phase,
)
from harness.report.charts.backlog_chart import backlog_chart
from harness.report.charts.recovery_chart import ROWS_SHOWN, recovery_chart
from harness.report.html import FAULTS_SHOWN, report_html

PAGE_BYTES_AT_MOST = 1024**2


def large_run(work: int, faults: int) -> Record:
    """A run of so much work over ten seconds for each fault, each of which kills a worker that holds something."""
    lasts = 10.0 * faults
    step = lasts / work
    attempts = [attempt(f"invoice-{n}", n * step, n * step + 0.2, run_id=str(n)) for n in range(work)]
    kills, struck = [], []
    for n in range(faults):
        at, worker = 10.0 * n + 5.0, f"worker-{n}"
        attempts.append(attempt(f"cut-{n}", at - 0.1, None, worker=worker, pid=n + 10, run_id=f"cut-{n}"))
        attempts.append(attempt(f"cut-{n}", at + 6.0, at + 6.2 + n / faults, run_id=f"cut-{n}", attempt=2))
        strike = Strike("worker", worker, BEGAN + at, BEGAN + at + 1.0)
        struck.append(fault(f"kill-{n}", at, at + 1.0, struck=(strike,)))
        kills.append(ProcessEvent(worker, n + 10, "killed", BEGAN + at))
    return Record(
        run=run_info(),
        operations=tuple(operation(str(n), n * step, 0.05 + 0.001 * (n % 997)) for n in range(work)),
        attempts=tuple(attempts),
        faults=tuple(struck),
        executions=tuple(execution(f"invoice-{n}", n * step + 1.0) for n in range(work)),
        phases=work_phase(lasts),
        processes=tuple(kills),
        samples=tuple(Sample(BEGAN + at, at % 7, 0, 0) for at in range(int(lasts))),
        policies=(policy(),),
    )


def test_the_page_of_a_large_run_is_not_large() -> None:
    page = report_html(large_run(work=4_000, faults=400), [valid()])
    assert len(page.encode()) < PAGE_BYTES_AT_MOST
    assert f"And {400 - FAULTS_SHOWN} more, all in verdict.json" in page


def test_a_fault_that_needs_a_look_is_among_those_shown() -> None:
    record = large_run(work=10, faults=FAULTS_SHOWN + 50)
    *others, last = record.faults
    page = report_html(replace(record, faults=(*others, replace(last, felt=None))), [valid()])
    assert f'<span class="phone">{FAULTS_SHOWN + 50} </span>' in page


def test_the_slowest_recoveries_are_drawn_and_the_others_counted() -> None:
    chart = recovery_chart(large_run(work=10, faults=ROWS_SHOWN + 6))
    assert chart is not None
    assert "The worst only: 6 more faults cut work short." in chart.description
    assert f"{ROWS_SHOWN + 6} worker-kill" in chart.wide
    assert ">1 worker-kill ·" not in chart.wide


def test_no_peak_of_the_backlog_is_lost_when_points_are_left_out() -> None:
    samples = tuple(Sample(BEGAN + at, 900 if at == 1234 else 1, 0, 0) for at in range(5_000))
    with_peak = backlog_chart(replace(killed_run(), samples=samples))
    assert "At most 900 at once." in with_peak.description
    assert with_peak.wide.count("L") < 1_100
