"""The table over several runs: what is counted, what is kept apart, and that the same runs give the same bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.record.record import Record
from harness.record.testing_records import fault, killed_run, operation, run_info
from harness.report.resilience import TriedRun, resilience_markdown
from harness.verdict import Verdict


def run(number: int, verdict: Verdict = Verdict.VALID, record: Record | None = None, **info: object) -> TriedRun:
    told = run_info(run_id=f"run-{number}", seed=number, **info)
    made = record or killed_run()
    return TriedRun(replace(made, run=told), verdict)


def rows(page: str, name: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    return [cells for cells in lines if cells[0] == name]


def test_a_kind_is_counted_over_all_runs_that_count() -> None:
    page = resilience_markdown([run(1), run(2, Verdict.VALID, killed_run(attempts=()))])
    expected = ["`worker-kill`", "2", "2", "2", "2", "5.5", "7.0", "6", "0", "-", "-", "2 VALID"]
    assert rows(page, "`worker-kill`") == [expected]
    assert rows(page, "worker-killed: kill-1") == [["worker-killed: kill-1", *expected[1:]]]


def test_evidence_is_counted_and_never_supposed() -> None:
    unfelt, unlanded = {"felt": None}, {"landed": None, "felt": None}
    faults = (fault("a", 2, 3, **unfelt), fault("b", 5, 6, **unlanded), fault("never", None, None, **unlanded))
    [row] = rows(resilience_markdown([run(1, record=killed_run(faults=faults))]), "`worker-kill`")
    assert row[1:4] == ["2", "1", "0"]


def test_what_waited_has_columns_of_its_own() -> None:
    record = killed_run(faults=(fault("cut", 2.0, 7.0, kind="link-cut"),), operations=(operation("INV-1", 1.0, 6.5),))
    [row] = rows(resilience_markdown([run(1, record=record)]), "`link-cut`")
    assert row[-4:] == ["3", "0.5", "2.0", "1 VALID"]


def test_what_never_came_back_is_said() -> None:
    record = killed_run(attempts=killed_run().attempts[:3], operations=(operation("INV-9", 2.5, None),))
    [row] = rows(resilience_markdown([run(1, record=record)]), "`worker-kill`")
    assert row[4:-1] == ["2", "5.5", "5.5 (1 never)", "6", "1", "-", "- (1 never)"]


@pytest.mark.parametrize(
    "other",
    [
        run(2, Verdict.INVALID),
        run(2, Verdict.UNKNOWN),
        run(2, Verdict.VALID, mutant="no-heartbeat"),
        run(2, Verdict.VALID, faults_enabled=False),
    ],
    ids=["INVALID", "UNKNOWN", "mutant", "no faults"],
)
def test_the_numbers_of_a_run_that_does_not_count_are_apart(other: TriedRun) -> None:
    counted, apart = resilience_markdown([run(1), other]).split("### Not counted")
    assert rows(counted, "`worker-kill`")[0][-1] == "1 VALID"
    assert rows(counted, "`worker-kill`")[0][1] == "1"
    assert rows(apart, "`worker-kill`")[0][-1] == f"1 {other.verdict.value}"
    assert [row[4] for row in rows(apart, "2")] == [other.verdict.value]


def test_without_a_run_that_counts_nothing_is_claimed() -> None:
    page = resilience_markdown([run(1, Verdict.UNKNOWN)])
    assert "No fault was planned in a run that counts." in page.split("### Not counted")[0]


def test_stacks_are_not_mixed() -> None:
    dev, full = resilience_markdown([run(1), run(2, stack="full")]).split("## On the stack `full`")
    assert rows(dev, "`worker-kill`")[0][1] == rows(full, "`worker-kill`")[0][1] == "1"


def test_every_run_is_named_with_what_repeats_it_and_its_versions() -> None:
    page = resilience_markdown([run(7, commit=None), run(8, versions={"python": "3.13.1"})])
    [seven] = rows(page, "1")
    assert seven[1:] == [
        "worker-killed",
        "7",
        "dev",
        "VALID",
        "unknown and changes",
        "`assay run worker-killed --seed 42`",
    ]
    assert "- run 1: assay 0.1.0, python 3.11.9, server 1.30.1, temporalio 1.35.0\n- run 2: python 3.13.1\n" in page
    assert "- every run: assay 0.1.0" in resilience_markdown([run(7), run(8)])


def test_the_same_runs_in_another_order_give_the_same_bytes() -> None:
    runs = [run(1), run(2, Verdict.UNKNOWN), run(3, stack="full"), run(4, claim="another")]
    assert resilience_markdown(runs) == resilience_markdown(runs[::-1])


def test_text_of_a_record_cannot_leave_its_cell() -> None:
    record = killed_run(faults=(fault("a|b\n`c`", 2.0, 3.0, kind="x`|y"),))
    page = resilience_markdown([run(1, record=record, command="assay `|` run")])
    assert "| `x'\\|y` | 1 |" in page
    assert "| worker-killed: a\\|b\\n'c' | 1 |" in page
    assert "`assay '\\|' run` |" in page
