"""The page: what it says, what it must never let through, what it must never ask for."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from harness.record.record import Record
from harness.record.testing_records import (
    attempt,
    effect,
    execution,
    fault,
    invalid,
    killed_run,
    operation,
    run_info,
    unknown,
    valid,
)
from harness.report.html import FINDINGS_SHOWN, STORY_LINES_SHOWN, report_html
from harness.report.testing_vocabulary import INVOICES
from harness.verdict import CheckResult, Finding, Verdict

HOSTILE = (
    "</title></style></svg><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\" onload='x' {{ 191*191 }} \x00\x1b[2J\u202e"
)


class Page(HTMLParser):
    """The elements and the text of a page, as a browser would see them."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(content)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def hostile_run() -> tuple[Record, list[CheckResult]]:
    """Every string that comes from outside is an attack."""
    record = killed_run(
        run=run_info(promise=HOSTILE, command=HOSTILE, mutant=HOSTILE, versions={HOSTILE: HOSTILE}),
        operations=(operation("INV-1", 0, name=HOSTILE),),
        attempts=(attempt(HOSTILE, 1.5, None, worker=HOSTILE, activity=HOSTILE),),
        faults=(fault("k", 2, 3, kind=HOSTILE, description=HOSTILE, landed=HOSTILE, felt=HOSTILE, error=HOSTILE),),
        effects=(effect(HOSTILE, HOSTILE, HOSTILE),),
        executions=(execution(HOSTILE, state=HOSTILE, workflow_type=HOSTILE, status=HOSTILE),),
        interrupted=HOSTILE,
    )
    finding = Finding(HOSTILE, HOSTILE, (HOSTILE,))
    return record, [CheckResult(HOSTILE, Verdict.INVALID, HOSTILE, (finding,), {HOSTILE: HOSTILE})]


@pytest.mark.parametrize(
    ("results", "words", "tone"),
    [
        ([valid()], "2 invoices went through", "valid"),
        ([valid(), invalid()], "A promise was broken", "invalid"),
        ([unknown()], "Nothing is proved", "unknown"),
        ([], "No check ran", "unknown"),
    ],
)
def test_the_banner_says_the_verdict(results: list[CheckResult], words: str, tone: str) -> None:
    page = Page(report_html(killed_run(), results, INVOICES))
    assert words in page.text
    assert ("header", {"class": f"banner {tone}"}) in page.elements


def test_an_empty_and_interrupted_run_still_makes_a_page() -> None:
    page = Page(report_html(Record(run_info(commit=None, dirty=None), interrupted="SIGINT"), []))
    assert "the run was interrupted (SIGINT)" in page.text
    assert "no fault was planned" in page.text


def test_faults_switched_off_are_said_so() -> None:
    page = Page(report_html(killed_run(run=run_info(faults_enabled=False), faults=()), [valid()]))
    assert "faults were switched off" in page.text


def test_a_fault_without_evidence_or_heal_stands_out() -> None:
    record = killed_run(faults=(fault("k", 2, None, landed=None, felt=None, error="no such pid"),))
    text = Page(report_html(record, [valid()])).text
    assert "no evidence" in text
    assert "never" in text
    assert "no such pid" in text


def test_nothing_from_outside_becomes_markup() -> None:
    record, results = hostile_run()
    content = report_html(record, results)
    page = Page(content)
    assert not [tag for tag, _ in page.elements if tag in ("script", "img", "iframe", "object", "link", "form")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "36481" not in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", content)
    assert r"\u202e" in content


def test_the_page_asks_nothing_of_any_network() -> None:
    record, results = hostile_run()
    for content in (report_html(record, results), report_html(killed_run(), [valid()], INVOICES)):
        page = Page(content)
        asking = [tag for tag, attributes in page.elements if {"src", "href", "xlink:href"} & attributes.keys()]
        # A link asks only when a reader follows it.
        assert set(asking) <= {"a"}
        assert "url(" not in content
        assert "@import" not in content
        policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy is not None
        assert policy.startswith("default-src 'none'")


def test_findings_and_stories_are_limited_and_the_rest_is_counted() -> None:
    long = CheckResult("long", Verdict.UNKNOWN, "s", (Finding("a", "m", ("step",) * (STORY_LINES_SHOWN + 5)),))
    text = Page(report_html(killed_run(), [invalid(findings=FINDINGS_SHOWN + 1_200), long])).text
    assert text.count("was booked twice") == FINDINGS_SHOWN
    assert "1,200 more findings of this check are in verdict.json" in text
    assert "and 5 more lines in verdict.json" in text


def test_very_long_text_is_cut() -> None:
    result = CheckResult("c", Verdict.INVALID, "s", (Finding("x", "y" * 1_000_000),))
    assert len(report_html(killed_run(), [result])) < 200_000


def test_checks_with_something_to_read_are_open_and_first() -> None:
    page = Page(report_html(killed_run(), [valid(), invalid()]))
    details = [attributes for tag, attributes in page.elements if tag == "details"]
    assert ["open" in attributes for attributes in details] == [True, False]


def test_every_id_is_on_the_page_once() -> None:
    page = Page(report_html(killed_run(), [valid()]))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    # Title and description of two drawings each: five over time, the recovery, one ladder.
    assert len(ids) == 2 * 2 * 7


def test_what_is_not_covered_is_on_the_page() -> None:
    text = Page(report_html(killed_run(), [valid()])).text
    for words in ("Power loss", "full disk", "clock jumps", "same seed gives the same plan"):
        assert words in text


def test_the_same_record_gives_the_same_page() -> None:
    assert report_html(killed_run(), [valid()]) == report_html(killed_run(), [valid()])


def test_a_finding_leads_to_its_workflow_in_temporals_ui() -> None:
    page = Page(report_html(killed_run(), [invalid()]))
    (link,) = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert link == "http://127.0.0.1:8088/namespaces/default/workflows/invoice-INV-1/run/history"
    assert link in page.text


def test_the_fault_in_a_story_stands_out() -> None:
    told = Finding("INV-1", "was lost", ("1.0 s  asked for", "2.0 s  FAULT kill-1: gone"))
    page = Page(report_html(killed_run(), [CheckResult("c", Verdict.INVALID, "s", (told,))]))
    assert [attributes.get("class") for tag, attributes in page.elements if tag == "li"][:2] == [None, "struck"]


def test_what_the_world_was_asked_is_on_the_page() -> None:
    text = Page(report_html(killed_run(), [valid()])).text
    assert "smtp/mail" in text
    assert "How retries kept to the policy" in text
