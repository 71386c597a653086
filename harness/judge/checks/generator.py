"""*generator*: whether the load that was asked for was offered, by what the load generator says of itself.

Data flow: the generator's own count in the record → **verdict**. A generator that fell behind has tried another
claim than this one, an easier one.

Not covered: whether what it was answered is right; the other checks have that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.record.record import GeneratorRecord, Record
from harness.verdict import CheckResult, Finding, Verdict


@dataclass(frozen=True)
class GeneratorCheck:
    """UNKNOWN when less than ``least_share`` of the schedule was offered in time, or when nobody says so.

    INVALID when the generator's own thresholds are broken.
    """

    least_share: float = 0.98
    name: str = field(default="generator", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """Judge what each generator says."""
        findings = [finding for generator in record.generators for finding in self._judge(generator)]
        scheduled = sum(generator.scheduled for generator in record.generators)
        in_time = sum(generator.begun - generator.late for generator in record.generators)
        counts: dict[str, int | float | str] = {"scheduled": scheduled, "in time": in_time}
        broken = tuple(finding for finding, verdict in findings if verdict is Verdict.INVALID)
        if broken:
            return CheckResult(self.name, Verdict.INVALID, broken[0].message, broken, counts)
        unclear = tuple(finding for finding, _ in findings)
        if not record.generators:
            unclear = (Finding("generator", "no load generator has said what it offered"),)
        if unclear:
            return CheckResult(self.name, Verdict.UNKNOWN, unclear[0].message, unclear, counts)
        return CheckResult(self.name, Verdict.VALID, f"{in_time:,} of {scheduled:,} were offered in time", (), counts)

    def _judge(self, generator: GeneratorRecord) -> list[tuple[Finding, Verdict]]:
        said = Verdict(generator.verdict)
        reasons = generator.reasons or ("it does not say why",)
        found: list[tuple[Finding, Verdict]]
        found = [(Finding(generator.name, reason), said) for reason in reasons if said is not Verdict.VALID]
        in_time = generator.begun - generator.late
        if generator.scheduled == 0 or in_time < self.least_share * generator.scheduled:
            least = f"{self.least_share:.0%}"
            message = f"{in_time:,} of {generator.scheduled:,} were offered in time, {least} needed"
            found.append((Finding(generator.name, message), Verdict.UNKNOWN))
        return found
