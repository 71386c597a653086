"""The verdict of a load test and the exit code it ends with.

Data flow: judged thresholds, doubts → **verdict** → exit code, table, report. VALID (0) needs something that
succeeded, every threshold met, and a run that went to its end; a broken threshold is INVALID (1); everything else that
proves nothing is UNKNOWN (4). A wrong option (2) and a server that cannot be reached (3) are errors, not verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.load.judge.thresholds import Judged
from harness.load.measure.measurements import Measurements
from harness.verdict import Verdict, worst


@dataclass(frozen=True)
class Counted:
    """Something that both we and the server have counted; the two should be equal."""

    what: str
    ours: int
    servers: int


@dataclass(frozen=True)
class Conclusion:
    """The verdict, and why it is not better than it is: one sentence each, none when it is VALID."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 VALID, 1 INVALID, 4 UNKNOWN."""
        return self.verdict.exit_code


def conclude(
    judged: Sequence[Judged],
    measurements: Measurements,
    *,
    interrupted: str | None = None,
    counted: Sequence[Counted] = (),
    doubts: Sequence[str] = (),
) -> Conclusion:
    """The worst of the thresholds and of what makes the whole run doubtful.

    :param interrupted: why the run did not go to its end; ``None`` when it did.
    :param counted: what the server was asked too; where it counts otherwise, our numbers are in doubt.
    :param doubts: what else forbids to call it VALID, one sentence each: a process that died, say.
    """
    broken = [f"{each.threshold.text} is broken: {each.says}" for each in judged if each.verdict is Verdict.INVALID]
    unclear = [
        f"{each.threshold.text} is not shown: {each.says}"
        for each in judged
        # What is implied and has nothing to be judged by is said once, of the whole run.
        if each.verdict is Verdict.UNKNOWN and not (each.threshold.implied and each.measured is None)
    ]
    whole = list(_of_the_run(judged, measurements, interrupted, counted))
    whole += doubts
    verdicts = [each.verdict for each in judged] + [Verdict.UNKNOWN] * len(whole)
    return Conclusion(worst(verdicts), tuple([*broken, *whole, *unclear]))


def _of_the_run(
    judged: Sequence[Judged], measurements: Measurements, interrupted: str | None, counted: Sequence[Counted]
) -> list[str]:
    reasons = []
    if not judged:
        reasons.append("no threshold was judged")
    if not any(row.attempted for row in measurements.rows().values()):
        reasons.append("nothing was executed")
    elif not any(row.succeeded for row in measurements.rows().values()):
        reasons.append("nothing succeeded")
    if interrupted is not None:
        reasons.append(f"the run was interrupted: {interrupted}")
    differ = [each for each in counted if each.ours != each.servers]
    return [*reasons, *(f"we count {each.ours:,} {each.what}, the server {each.servers:,}" for each in differ)]
