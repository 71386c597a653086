"""A check that crashes and a run that did not end prove nothing."""

from dataclasses import dataclass, replace

from harness.judge import judge
from harness.record import Record, RunInfo
from harness.verdict import CheckResult, Verdict, worst

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


def test_an_interrupted_run_is_never_valid() -> None:
    results = judge(replace(RECORD, interrupted="Ctrl-C"), [Fine()])
    assert worst(result.verdict for result in results) is Verdict.UNKNOWN
