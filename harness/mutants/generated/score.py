"""What the generated mutants say of the checks: the score, by kind and by module, and who survived.

Data flow: outcomes of the trials, the reviewed file → **score** → ``page``. A pure function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.mutants.generated.trial import End, Tried


@dataclass(frozen=True)
class Count:
    """How many of some mutants ended how; equivalent ones are in none of the others.

    Only what a check has named is killed. What hangs counts against the score; what cannot be imported counts in
    neither direction, for no check was asked.
    """

    killed: int
    survived: int
    timed_out: int
    crashed: int
    equivalent: int

    @property
    def score(self) -> float | None:
        """The part that was killed of those that a check could have named, 0 to 1; ``None`` where there is none."""
        asked = self.killed + self.survived + self.timed_out
        return self.killed / asked if asked else None


@dataclass(frozen=True)
class Score:
    """All of it.

    :param by_kind: the counts of each kind of change, by name; ``by_module`` those of each file.
    :param survivors: those that no check has named and no reviewed reason explains, those that hung among them.
    :param equivalent: what the reviewed file excuses, with its reason.
    :param mistaken: what the reviewed file calls equivalent although a check has killed it: the reason is wrong.
    """

    total: Count
    by_kind: Mapping[str, Count]
    by_module: Mapping[str, Count]
    by_check: Mapping[str, int]
    survivors: tuple[Tried, ...]
    equivalent: tuple[tuple[Tried, str], ...]
    mistaken: tuple[tuple[Tried, str], ...]


def score(tried: Sequence[Tried], equivalents: Mapping[str, str]) -> Score:
    """Count what was tried, each mutant once however often it was drawn.

    :param equivalents: name of a mutant → the reviewed reason why nobody can tell it from the application.
    """
    once = tuple({each.mutant.name: each for each in tried}.values())
    excused = tuple((each, equivalents[each.mutant.name]) for each in once if each.mutant.name in equivalents)
    checks = sorted(each.outcome.check for each in once if each.outcome.end is End.KILLED)
    return Score(
        total=_count(once, equivalents),
        by_kind=_grouped(once, equivalents, lambda each: each.mutant.kind),
        by_module=_grouped(once, equivalents, lambda each: each.mutant.file),
        by_check={check: checks.count(check) for check in dict.fromkeys(checks)},
        survivors=tuple(each for each in once if _lives(each) and each.mutant.name not in equivalents),
        equivalent=tuple((each, why) for each, why in excused if each.outcome.end is not End.KILLED),
        mistaken=tuple((each, why) for each, why in excused if each.outcome.end is End.KILLED),
    )


def _lives(tried: Tried) -> bool:
    return tried.outcome.end in (End.SURVIVED, End.TIMED_OUT)


def _grouped(tried: Sequence[Tried], equivalents: Mapping[str, str], group: Callable[[Tried], str]) -> dict[str, Count]:
    names = sorted({group(each) for each in tried})
    return {name: _count([each for each in tried if group(each) == name], equivalents) for name in names}


def _count(tried: Sequence[Tried], equivalents: Mapping[str, str]) -> Count:
    # One that was killed is killed, whatever the reviewed file says of it.
    excused = [each for each in tried if each.mutant.name in equivalents and each.outcome.end is not End.KILLED]
    ends = [each.outcome.end for each in tried if each not in excused]
    return Count(
        killed=ends.count(End.KILLED),
        survived=ends.count(End.SURVIVED),
        timed_out=ends.count(End.TIMED_OUT),
        crashed=ends.count(End.CRASHED),
        equivalent=len(excused),
    )
