"""The files of a run directory: JSON, JUnit, and that each is whole or not there."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.record.record import Record
from harness.record.testing_records import effect, invalid, killed_run, run_info, unknown, valid
from harness.report.junit import junit_bytes
from harness.report.testing_vocabulary import INVOICES
from harness.report.verdict_json import verdict_bytes, verdict_document
from harness.report.write import write_report
from harness.verdict import CheckResult, Finding, Verdict

HOSTILE = "<b>&\x00\x08\x1b\ud800\ufffe]]>"


@pytest.mark.parametrize(
    ("results", "verdict", "exit_code"),
    [([valid()], "VALID", 0), ([valid(), unknown()], "UNKNOWN", 4), ([invalid()], "INVALID", 1), ([], "UNKNOWN", 4)],
)
def test_verdict_json_says_verdict_and_exit_code(results: list[CheckResult], verdict: str, exit_code: int) -> None:
    document = json.loads(verdict_bytes(killed_run(), results, INVOICES))
    assert (document["verdict"], document["exit_code"]) == (verdict, exit_code)


def test_verdict_json_holds_every_finding_and_the_measures() -> None:
    document = verdict_document(killed_run(), [invalid(findings=500)], INVOICES)
    assert len(document["checks"][0]["findings"]) == 500
    assert document["checks"][0]["findings"][0]["story"] == ["1.2 s booked as E-1", "7.4 s booked as E-9"]
    assert document["measures"]["recovery"][0]["worst_seconds"] == pytest.approx(7.0)
    assert document["measures"]["summary"]["floor"]["smallest_seconds"] == 6.0
    assert document["run"]["seed"] == 42


def test_keys_come_in_one_order() -> None:
    wanted = ["format", "verdict", "exit_code", "sentence", "interrupted", "run", "checks", "faults", "measures"]
    assert list(json.loads(verdict_bytes(Record(run_info()), []))) == wanted
    assert verdict_bytes(killed_run(), [invalid()]) == verdict_bytes(killed_run(), [invalid()])


def test_what_json_has_no_word_for_becomes_text() -> None:
    run = run_info(parameters={"rate": float("inf"), "price": Decimal("1.50"), "folder": Path("x"), "text": HOSTILE})
    parameters = json.loads(verdict_bytes(killed_run(run=run), [valid()]))["run"]["parameters"]
    assert parameters == {"rate": "inf", "price": "1.50", "folder": "x", "text": HOSTILE}


def test_junit_counts_failures_and_errors() -> None:
    suite = ET.fromstring(junit_bytes(killed_run(), [valid(), invalid(), unknown()]))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert [[child.tag for child in case] for case in suite.findall("testcase")] == [
        ["system-out"],
        ["failure"],
        ["error"],
    ]
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert "1.2 s booked as E-1" in failure.text


@pytest.mark.parametrize(
    ("record", "results", "says"),
    [
        (Record(run_info()), [], "no check ran, so nothing is proved"),
        (killed_run(interrupted="SIGINT"), [valid()], "interrupted: SIGINT"),
    ],
)
def test_junit_of_a_run_that_proves_nothing_is_not_green(record: Record, results: list[CheckResult], says: str) -> None:
    suite = ET.fromstring(junit_bytes(record, results))[0]
    assert suite.get("errors") == "1"
    assert [error.get("message") for error in suite.iter("error")] == [says]


def test_junit_strips_what_xml_forbids() -> None:
    result = CheckResult(HOSTILE, Verdict.INVALID, HOSTILE, (Finding(HOSTILE, HOSTILE, (HOSTILE,)),))
    failure = ET.fromstring(junit_bytes(killed_run(), [result])).find(".//failure")
    assert failure is not None
    assert failure.get("message") == "<b>&\ufffd\ufffd\ufffd\ufffd\ufffd]]>"


def test_the_three_files_are_written_and_the_verdict_returned(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert write_report(killed_run(), [valid()], folder, INVOICES) is Verdict.VALID
    assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "verdict.json"]


def test_a_second_judgement_replaces_the_first(tmp_path: Path) -> None:
    write_report(killed_run(), [valid()], tmp_path)
    assert write_report(killed_run(), [invalid()], tmp_path) is Verdict.INVALID
    assert json.loads((tmp_path / "verdict.json").read_bytes())["verdict"] == "INVALID"
    assert "A promise was broken" in (tmp_path / "report.html").read_text()


def test_hostile_text_can_be_written(tmp_path: Path) -> None:
    result = CheckResult("c", Verdict.INVALID, HOSTILE, (Finding(HOSTILE, HOSTILE, (HOSTILE,)),), {"n": HOSTILE})
    record = killed_run(effects=(effect(HOSTILE, HOSTILE, HOSTILE),), interrupted=HOSTILE)
    assert write_report(record, [result], tmp_path) is Verdict.INVALID


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(killed_run(), [valid()], tmp_path)

    def refuse(self: Path, target: Path) -> Path:
        raise OSError("no rename today")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(EnvironmentMissing, match="no rename today"):
        write_report(killed_run(), [invalid()], tmp_path)
    assert json.loads((tmp_path / "verdict.json").read_bytes())["verdict"] == "VALID"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit.xml", "report.html", "verdict.json"]
