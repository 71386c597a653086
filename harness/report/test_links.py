"""Links into Temporal's UI: to the right workflow, and never to anything but a web page."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.record import Record
from harness.record.testing_records import execution, run_info
from harness.report.links import workflow_link


def record(**parameters: Any) -> Record:
    executions = (execution("invoice-INV-1", run_id="r1"), execution("a b/c", run_id="r2"))
    return Record(run_info(parameters=parameters), executions=executions)


@pytest.mark.parametrize("subject", ["invoice-INV-1", "INV-1", "INV-1/PAY-2", "invoice INV-1"])
def test_a_subject_leads_to_its_workflow(subject: str) -> None:
    assert (
        workflow_link(record(), subject)
        == "http://127.0.0.1:8088/namespaces/default/workflows/invoice-INV-1/r1/history"
    )


def test_the_run_says_where_its_ui_was() -> None:
    link = workflow_link(record(ui="http://127.0.0.1:9999/", namespace="team"), "a b/c")
    assert link == "http://127.0.0.1:9999/namespaces/team/workflows/a%20b%2Fc/r2/history"


@pytest.mark.parametrize("subject", ["INV-9", "", "faults", "1"])
def test_what_is_no_workflow_has_no_link(subject: str) -> None:
    assert workflow_link(Record(run_info(), executions=(execution("invoice-INV-7"),)), subject) is None


def test_an_address_that_is_no_web_page_is_not_linked() -> None:
    assert workflow_link(record(ui="javascript:alert(1)"), "INV-1") is None
