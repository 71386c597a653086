"""``junit.xml``: one suite per run, one case per check, for the CI systems that know nothing else.

INVALID is a failure, UNKNOWN an error. A run that was interrupted, or in which no check ran, has an erroneous case
named "run", so that an empty suite never looks green.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from harness.judge.measures import work_lasted_seconds
from harness.record.record import Record
from harness.report.sentence import sentence
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Finding, Verdict

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not allow even as a character reference (https://www.w3.org/TR/xml/#charsets)."""

FINDINGS_SHOWN = 20
TAGS = {Verdict.INVALID: "failure", Verdict.UNKNOWN: "error"}


def junit_bytes(record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None) -> bytes:
    """The file's content, with an XML declaration, in UTF-8."""
    run = record.run
    facts = {"seed": str(run.seed), "stack": run.stack, "command": run.command}
    timing = {"time": f"{work_lasted_seconds(record):.3f}", "timestamp": run.started_at}
    cases = [*results, *_run_case(record, results)]
    return suite_bytes(run.claim, cases, facts=facts, timing=timing, said=sentence(record, results, vocabulary))


def suite_bytes(
    name: str,
    cases: Sequence[CheckResult],
    *,
    facts: Mapping[str, str],
    said: str,
    timing: Mapping[str, str] | None = None,
) -> bytes:
    """One suite as a file of its own.

    :param facts: the properties of the suite.
    :param said: what it says of itself in words.
    :param timing: ``time`` in seconds and ``timestamp``, where they are known.
    """
    failed, unknown = (sum(1 for c in cases if c.verdict is v) for v in (Verdict.INVALID, Verdict.UNKNOWN))
    suite = ET.Element("testsuite", name=_allowed(name), tests=str(len(cases)))
    suite.attrib.update(failures=str(failed), errors=str(unknown), skipped="0")
    suite.attrib.update({key: _allowed(value) for key, value in (timing or {}).items()})
    properties = ET.SubElement(suite, "properties")
    for fact, value in facts.items():
        ET.SubElement(properties, "property", name=fact, value=_allowed(value))
    for case in cases:
        _case(suite, name, case)
    ET.SubElement(suite, "system-out").text = _allowed(said)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _run_case(record: Record, results: Sequence[CheckResult]) -> list[CheckResult]:
    if record.interrupted is not None:
        return [CheckResult("run", Verdict.UNKNOWN, f"interrupted: {record.interrupted}")]
    return [] if results else [CheckResult("run", Verdict.UNKNOWN, "no check ran, so nothing is proved")]


def _case(suite: ET.Element, claim: str, result: CheckResult) -> None:
    case = ET.SubElement(suite, "testcase", classname=_allowed(claim), name=_allowed(result.check))
    tag = TAGS.get(result.verdict)
    if tag is not None:
        problem = ET.SubElement(case, tag, type=result.verdict.value, message=_allowed(result.summary))
        problem.text = _allowed(_told(result.findings))
    elif result.summary:
        ET.SubElement(case, "system-out").text = _allowed(result.summary)


def _told(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings[:FINDINGS_SHOWN]:
        lines.append(f"{finding.subject}: {finding.message}")
        lines += [f"    {step}" for step in finding.story]
    hidden = len(findings) - FINDINGS_SHOWN
    return "\n".join([*lines, f"{hidden:,} more findings in verdict.json"] if hidden > 0 else lines)


def _allowed(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
