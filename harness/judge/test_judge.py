"""A check that crashes and a run that did not end prove nothing."""

from dataclasses import dataclass, replace

from harness.judge.judge import STORIES_AT_MOST, judge
from harness.record.record import Record, RunInfo
from harness.verdict import CheckResult, Finding, Verdict, worst

RECORD = Record(RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run"))


@dataclass(frozen=True)
class Fine:
    name: str = "fine"

    def __call__(self, record: Record) -> CheckResult:
        return CheckResult(self.name, Verdict.VALID, "fine")


@dataclass(frozen=True)
class Crashing:
    name: str = "crashing"

    def __call__(self, record: Record) -> CheckResult:
        raise ZeroDivisionError("planted")


def test_a_crashing_check_is_unknown_and_says_where() -> None:
    results = judge(RECORD, [Fine(), Crashing()])
    assert [result.verdict for result in results] == [Verdict.VALID, Verdict.UNKNOWN]
    assert "ZeroDivisionError: planted" in results[1].findings[0].message


class HalfACharacter(Exception):
    def __str__(self) -> str:
        return "planted \udc80"


@dataclass(frozen=True)
class CrashingWithoutWords:
    name: str = "crashing"

    def __call__(self, record: Record) -> CheckResult:
        raise HalfACharacter


def test_how_a_crashing_check_says_so_does_not_spoil_the_report() -> None:
    (crash,) = judge(RECORD, [CrashingWithoutWords()])[0].findings
    assert crash.message == r"the check crashed: HalfACharacter: planted \udc80"
    assert "\n".join(crash.story).encode()


@dataclass(frozen=True)
class Complaining:
    findings: tuple[Finding, ...]
    name: str = "complaining"

    def __call__(self, record: Record) -> CheckResult:
        return CheckResult(self.name, Verdict.INVALID, "not as promised", self.findings)


def test_a_run_cut_short_breaks_no_promise_by_what_it_had_no_time_to_do() -> None:
    missing, doubled = Finding("INV-1", "never happened", could_still_come=True), Finding("INV-2", "happened twice")
    cut_short = replace(RECORD, interrupted="Ctrl-C")
    assert judge(RECORD, [Complaining((missing,))])[0].verdict is Verdict.INVALID
    assert judge(cut_short, [Complaining((missing,))])[0].verdict is Verdict.UNKNOWN
    assert judge(cut_short, [Complaining((missing, doubled))])[0].verdict is Verdict.INVALID


def test_an_interrupted_run_is_never_valid() -> None:
    results = judge(replace(RECORD, interrupted="Ctrl-C"), [Fine()])
    assert worst(result.verdict for result in results) is Verdict.UNKNOWN


@dataclass(frozen=True)
class Vacuity(Fine):
    name: str = "vacuity"


def test_a_claim_that_checks_nothing_of_the_application_is_unknown() -> None:
    for checks in ([], [Vacuity()]):
        results = judge(RECORD, checks)
        assert worst(result.verdict for result in results) is Verdict.UNKNOWN
        assert "no check of what the application did" in results[-1].summary
    assert [result.verdict for result in judge(RECORD, [Vacuity(), Fine()])] == [Verdict.VALID] * 2


def test_of_very_many_findings_the_first_have_their_stories_and_the_others_are_counted() -> None:
    (result,) = judge(
        RECORD, [Complaining(tuple(Finding(str(n), "lost", ("told",)) for n in range(STORIES_AT_MOST + 5)))]
    )
    assert len(result.findings) == STORIES_AT_MOST + 5
    assert sum(bool(finding.story) for finding in result.findings) == STORIES_AT_MOST
    assert result.counts["findings told without their story"] == 5


def test_a_run_whose_work_was_given_up_is_never_valid_and_can_be_invalid() -> None:
    given_up = replace(RECORD, given_up="nothing goes on")
    results = judge(given_up, [Fine()])
    assert results[-1].summary == "the work was given up: nothing goes on"
    assert worst(result.verdict for result in results) is Verdict.UNKNOWN
    missing = Complaining((Finding("INV-1", "never happened", could_still_come=True),))
    assert worst(result.verdict for result in judge(given_up, [missing])) is Verdict.INVALID
