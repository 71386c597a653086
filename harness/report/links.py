"""Where a finding's workflow is to be seen in Temporal's own UI.

The link leads somewhere only while the run's server is up (`assay up`, or a stack that was kept); it is text first.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from harness.record.record import Execution, Record

UI = "http://127.0.0.1:8088"
"""The guide's address of the UI, unless the run says where it had its own (parameter ``ui``)."""

NAMESPACE = "default"


def workflow_link(record: Record, subject: str) -> str | None:
    """The address of the workflow that a finding is about, ``None`` when it is about something else.

    :param subject: a workflow id, or a reference such as an invoice number, maybe with more after a slash.
    """
    execution = _execution(record, subject)
    base = str(record.run.parameters.get("ui", UI)).rstrip("/")
    # The record is untrusted, and an address is something that a reader clicks.
    if execution is None or urlsplit(base).scheme not in ("http", "https"):
        return None
    namespace = str(record.run.parameters.get("namespace", NAMESPACE))
    words = ("namespaces", namespace, "workflows", execution.workflow_id, execution.run_id, "history")
    return f"{base}/{'/'.join(quote(word, safe='') for word in words)}"


def _execution(record: Record, subject: str) -> Execution | None:
    found = record.once(_by_name)
    return found.get(subject) or found.get(subject.split("/")[0].split(" ")[-1])


def _by_name(record: Record) -> dict[str, Execution]:
    """The first execution of each workflow id and of each subject; an id goes before a subject of the same name."""
    found: dict[str, Execution] = {}
    for execution in record.executions:
        found.setdefault(execution.workflow_id, execution)
    for execution in record.executions:
        if execution.subject:
            found.setdefault(execution.subject, execution)
    return found
