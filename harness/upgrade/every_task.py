"""One company, once for each workflow task at which the new code can take over.

Data flow: a company and its seed → **simulated for every k** → what is wrong with each. Nothing goes wrong in them but
the upgrade itself, so what differs is the upgrade's doing. Activities and callers are the new code's throughout.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from harness.record.record import Record
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.worker.kit import Kit
from harness.simulate.bench import Bench
from harness.simulate.case import Case, Judged
from harness.upgrade.earlier import EarlierCode, HandedOver
from harness.upgrade.ends import ends_of, unlike_both
from harness.verdict import Verdict

ALL = sys.maxsize
STUCK = "stuck"
"""The check that says that workflow tasks fail again and again."""


@dataclass(frozen=True)
class Broken:
    """Something that is wrong where the new code takes over after so many tasks; 0 is the new code alone."""

    company: str
    tasks: int
    subject: str
    message: str


@dataclass(frozen=True)
class Tried:
    """What came of one company.

    :param handed_over: at how many tasks the new code took over; ``types`` of workflows that were executed.
    :param doubts: what keeps it from being judged, in words.
    """

    company: str
    handed_over: int
    types: frozenset[str]
    broken: tuple[Broken, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """INVALID for an end that neither version has; UNKNOWN where nothing was handed over."""
        if self.broken:
            return Verdict.INVALID
        return Verdict.UNKNOWN if self.doubts or not self.handed_over else Verdict.VALID


def try_every_task(bench: Bench, code: EarlierCode, case: Case) -> Tried:
    """Simulate the company with the new code alone, with the old code alone, and with each k between.

    :raises NotSimulated: the application uses what is not simulated.
    """
    company, earlier = f"{case.family.name}, seed {case.seed}", code.kit(bench.kit)
    new, old = _simulated(bench, case, earlier, 0), _simulated(bench, case, earlier, ALL)
    tasks = most_tasks(old.record)
    types = frozenset(each.workflow_type for each in old.record.executions)
    # What one of them breaks without the other is not the upgrade's doing; failing workflow tasks are no way to run.
    excused = {each.check for each in (*old.broken, *new.broken)}
    found = [Broken(company, 0, *each) for each in (*_no_longer_served(bench, code), *wrong_with(new, excused))]
    doubts = [f"{company}: the new code, alone: {subject}: {told}" for subject, told in _excused(new)]
    doubts += [f"{company}: the code that runs now, alone: {subject}: {told}" for subject, told in wrong_with(old)]
    ends_old, ends_new = ends_of(old.record), ends_of(new.record)
    for count in range(1, tasks):
        got = _simulated(bench, case, earlier, count)
        wrong = [*wrong_with(got, excused), *unlike_both(ends_of(got.record), ends_old, ends_new)]
        found += [Broken(company, count, *each) for each in wrong]
    return Tried(company, max(tasks - 1, 0), types, tuple(found), tuple(doubts))


def _excused(new: Judged) -> Iterator[tuple[str, str]]:
    """What the new code breaks without the old one, and not by failing workflow tasks."""
    serious = set(wrong_with(new, {each.check for each in new.broken}))
    return (each for each in wrong_with(new) if each not in serious)


def _no_longer_served(bench: Bench, code: EarlierCode) -> Iterator[tuple[str, str]]:
    """Who begins executions here is new, too, and calls workflows by their new names; those in flight have the old."""
    for queue, name in sorted(code.workflows - bench.kit.workflows.keys()):
        yield name, f"the queue {queue} serves no workflow {name} any more, so none that is in flight is taken over"


def most_tasks(record: Record) -> int:
    """How many workflow tasks the longest execution has, over all its runs."""
    tasks: Counter[str] = Counter()
    for each in record.facts:
        tasks[each.workflow_id] += each.tasks_completed
    return max(tasks.values(), default=0)


def wrong_with(got: Judged, excused: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """What is wrong with one simulation by itself: about what, and how.

    :param excused: checks that are not asked, because one version alone fails them; a stuck execution never is.
    """
    diverged = {each.workflow_id: each.message for each in got.record.replays if each.outcome == "nondeterminism"}
    yield from diverged.items()
    for result in got.broken:
        if result.check not in excused or result.check == STUCK:
            told = [(each.subject, each.message) for each in result.findings] or [("", result.summary)]
            yield from ((subject, f"{result.check}: {message}") for subject, message in told if subject not in diverged)
    if got.record.interrupted:
        yield "", got.record.interrupted


def _simulated(bench: Bench, case: Case, earlier: Kit, tasks: int) -> Judged:
    return bench.run(case, Drawn(case.seed, CALM), HandedOver(earlier, tasks))
