"""The one place of the report that touches the disk: three files into the run directory, each whole or not at all.

``verdict.json`` comes first and the page last, so that a defect in a drawing cannot hide the verdict it illustrates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.judge.measures import overall_verdict
from harness.record.record import Record
from harness.record.rundir import write_bytes
from harness.report.html import report_html
from harness.report.junit import junit_bytes
from harness.report.verdict_json import verdict_bytes
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict


def write_report(
    record: Record, results: Sequence[CheckResult], folder: Path, vocabulary: Vocabulary | None = None
) -> Verdict:
    """Write ``verdict.json``, ``junit.xml`` and ``report.html`` into the folder, and return the verdict of the run.

    Files of an earlier judgement are replaced, so `assay check` may judge a run directory again.

    :raises EnvironmentMissing: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("verdict.json", lambda: verdict_bytes(record, results, vocabulary)),
        ("junit.xml", lambda: junit_bytes(record, results, vocabulary)),
        ("report.html", lambda: report_html(record, results, vocabulary).encode("utf-8", "backslashreplace")),
    )
    for name, content in contents:
        write_bytes(folder / name, content())
    return overall_verdict(record, results)
