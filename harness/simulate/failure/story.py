"""A failure as a story: what was left of it, in the order of time, to the event that broke the promise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.sim.kernel.plan import LAG
from harness.sim.kernel.timeline import SECOND
from harness.simulate.case import Judged

FINDINGS_AT_MOST = 3


def story_of(got: Judged) -> str:
    """The lines that a person reads."""
    return "\n".join(_lines(got))


def _lines(got: Judged) -> Iterator[str]:
    case, plan = got.case, got.plan
    lags = sum(choice.kind == LAG for choice in plan.choices.values())
    yield f"{case.family.name}, seed {case.seed}: {', '.join(each.check for each in got.broken)}"
    asked = [each for each in got.record.operations if each.outcome is not None]
    yield f"  {len(asked)} operations: {', '.join(each.operation_id for each in asked[:12])}"
    yield f"  {len(plan.faults)} faults, {lags} times that differ from the shortest"
    for place, choice in plan.faults.items():
        lasts = f" ({choice.nanoseconds / SECOND:.3f} s)" if choice.nanoseconds else ""
        yield f"    {choice.kind}{lasts} at {place}"
    for result in got.broken:
        yield f"  {result.check}: {result.summary}"
        for finding in result.findings[:FINDINGS_AT_MOST]:
            yield from (f"    {line}" for line in finding.story)
            yield f"  > {finding.subject}: {finding.message}"
        if len(result.findings) > FINDINGS_AT_MOST:
            yield f"  and {len(result.findings) - FINDINGS_AT_MOST} more"
