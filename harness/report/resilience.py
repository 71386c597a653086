"""The table of `docs/resilience.md`: fault kind × recovery, over the runs that are given, as Markdown.

Data flow: records of several runs and their verdicts → **this page**. Pure, and the same runs in any order give
the same bytes. Only a run that is VALID on the unpatched application, with its faults on, is counted; the numbers of
every other stand in tables of their own, because a run that proved nothing proves no recovery either.

Not covered: what the machine had to do with it. The seconds are of the machine that the runs were on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.judge.measures import percentile
from harness.judge.recovery import Recovered, recovery
from harness.record.record import FaultRecord, Record
from harness.report.afterwards import afterwards
from harness.report.untrusted import visible
from harness.verdict import Verdict

CELL_CHARACTERS = 200
NONE = "-"
HEAD = """\
# Resilience

How soon work resumes after a fault, as measured. A command made this page from the records of the runs at its end,
which it judged again; nothing in it is written by hand.

```console
assay resilience runs/* --out docs/resilience.md
```

- *struck*: how often the fault was injected. *landed*: there is evidence that it took hold. *felt*: there is evidence
  that somebody noticed.
- *cut short*: attempts that were open when the fault killed their worker. *back*: seconds from the strike to the next
  completion of the same activity, so the time without any worker is in it. *floor*: heartbeat time-out + first
  back-off, the least that can be promised; an attempt that dies late between two heartbeats may be back sooner.
- *waiting*: requests to begin work, and activities, that were under way when the fault was healed. *on*: seconds from
  the heal until they were answered or complete; how long the fault lasted is not in it.
- Percentiles are by nearest rank, so each is a time that was measured. *never*: what did not resume by itself.
"""
COLUMNS = (
    *("fault", "struck", "landed", "felt", "cut short", "back p50 (s)", "back worst (s)", "floor (s)"),
    *("waiting", "on p50 (s)", "on worst (s)", "runs"),
)


@dataclass(frozen=True)
class TriedRun:
    """One run: its record, the verdict on it, and the operation that begins work there (``Vocabulary.start``)."""

    record: Record
    verdict: Verdict
    start: str = "process"

    @property
    def counts(self) -> bool:
        """Whether it says something of the application as it is."""
        run = self.record.run
        return self.verdict is Verdict.VALID and run.mutant is None and run.faults_enabled

    @property
    def order(self) -> tuple[str, str, int, str]:
        """Its place among others, which no command line decides."""
        run = self.record.run
        return (run.stack, run.claim, run.seed, run.run_id)


@dataclass(frozen=True)
class Struck:
    """One fault of one run, with all that was measured of it."""

    run: TriedRun
    fault: FaultRecord
    cut_short: tuple[Recovered, ...]
    waited_seconds: tuple[float | None, ...]


def resilience_markdown(runs: Sequence[TriedRun]) -> str:
    """The page, ending in a line feed. Of no runs at all it says that nothing is known."""
    ordered = sorted(runs, key=lambda run: run.order)
    sections = [HEAD]
    for stack in sorted({run.record.run.stack for run in ordered}):
        here = [run for run in ordered if run.record.run.stack == stack]
        counted = [struck for run in here if run.counts for struck in _struck(run)]
        apart = [struck for run in here if not run.counts for struck in _struck(run)]
        sections.append(f"## On the stack `{_cell(stack)}`\n")
        sections.append(_counted(counted) if counted else "No fault was planned in a run that counts.\n")
        if apart:
            sections.append("### Not counted: runs that are not VALID, or not of the application as it is\n")
            sections.append(_table(COLUMNS, _by_kind(apart)))
    sections.append(_runs(ordered))
    return "\n".join(sections)


def _struck(run: TriedRun) -> Iterable[Struck]:
    cut_short = {each.fault_id: each.cut_short for each in recovery(run.record)}
    waited = {each.fault_id: each.waited_seconds for each in afterwards(run.record, run.start)}
    for fault in run.record.faults:
        yield Struck(run, fault, cut_short.get(fault.fault_id, ()), waited.get(fault.fault_id, ()))


def _counted(struck: Sequence[Struck]) -> str:
    one_by_one = _grouped(struck, lambda each: f"{_cell(each.run.record.run.claim)}: {_cell(each.fault.fault_id)}")
    return f"{_table(COLUMNS, _by_kind(struck))}\nThe same, fault by fault:\n\n{_table(COLUMNS, one_by_one)}"


def _by_kind(struck: Sequence[Struck]) -> list[list[str]]:
    return _grouped(struck, lambda each: f"`{_cell(each.fault.kind)}`")


def _grouped(struck: Sequence[Struck], name: Callable[[Struck], str]) -> list[list[str]]:
    groups: dict[str, list[Struck]] = {}
    for each in struck:
        groups.setdefault(name(each), []).append(each)
    return [_row(label, groups[label]) for label in sorted(groups)]


def _row(label: str, struck: Sequence[Struck]) -> list[str]:
    cut_short = [each for one in struck for each in one.cut_short]
    waited = [seconds for one in struck for seconds in one.waited_seconds]
    verdicts = Counter({one.run.record.run.run_id: one.run.verdict.value for one in struck}.values())
    return [
        label,
        str(sum(one.fault.injected_seconds is not None for one in struck)),
        str(sum(one.fault.landed is not None for one in struck)),
        str(sum(one.fault.felt is not None for one in struck)),
        *_times([each.seconds for each in cut_short]),
        _floors(cut_short),
        *_times(waited),
        ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())),
    ]


def _times(seconds: Sequence[float | None]) -> list[str]:
    """How many there are, the median and the worst of those that are known; what never came stands beside the worst."""
    known = sorted(each for each in seconds if each is not None)
    never = len(seconds) - len(known)
    middle = f"{percentile(known, 0.5):.1f}" if known else NONE
    worst = f"{known[-1]:.1f}" if known else NONE
    return [str(len(seconds)), middle, f"{worst} ({never} never)" if never else worst]


def _floors(cut_short: Sequence[Recovered]) -> str:
    floors = sorted({each.floor_seconds for each in cut_short if each.floor_seconds is not None})
    return NONE if not floors else " to ".join(f"{floor:g}" for floor in dict.fromkeys((floors[0], floors[-1])))


def _runs(runs: Sequence[TriedRun]) -> str:
    head = ("run", "claim", "seed", "stack", "verdict", "commit", "repeat")
    lines = []
    for place, tried in enumerate(runs, start=1):
        run = tried.record.run
        commit = (run.commit or "unknown") + (" and changes" if run.dirty else "")
        facts = (str(place), run.claim, str(run.seed), run.stack, tried.verdict.value, commit)
        lines.append([*map(_cell, facts), f"`{_cell(run.command)}`"])
    versions: dict[str, list[str]] = {}
    for place, tried in enumerate(runs, start=1):
        versions.setdefault(_versions(tried.record.run.versions), []).append(str(place))
    every = len(versions) == 1
    told = [f"- {'every run' if every else 'run ' + ', '.join(each)}: {names}" for names, each in versions.items()]
    return "\n".join(["## Runs\n", _table(head, lines), "Versions:\n", *told, ""])


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{_cell(name)} {_cell(version)}" for name, version in sorted(versions.items())) or "not known"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    """Text of a record, in one line and without what Markdown takes for the end of a cell or of code."""
    return visible(text, limit=CELL_CHARACTERS).replace("|", "\\|").replace("`", "'")
