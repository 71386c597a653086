"""What the generated mutants say of the checks: the score, by seed, kind and package, and who survived.

Data flow: seed → outcomes of its trials, the reviewed file → **score** → ``page``. Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.mutants.generated.trial import End, Tried
from harness.verdict import Verdict

AT_LEAST = 0.8
"""The part of the mutants that must be killed."""


@dataclass(frozen=True)
class Count:
    """How many of some mutants ended how; equivalent ones are in none of the others.

    Only what a check has named is killed. What hangs counts against the score; what is stillborn counts in neither
    direction, for no check was asked.
    """

    killed: int
    survived: int
    timed_out: int
    stillborn: int
    equivalent: int

    @property
    def asked(self) -> int:
        """Those that a check could have named."""
        return self.killed + self.survived + self.timed_out

    @property
    def score(self) -> float | None:
        """The part that was killed of those that a check could have named, 0 to 1; ``None`` where there is none."""
        return self.killed / self.asked if self.asked else None


@dataclass(frozen=True)
class Score:
    """All of it.

    :param by_seed: the counts of what each seed drew. ``by_kind`` those of each kind of change, by name, ``by_package``
        those of each folder.
    :param survivors: those that no check has named and no reviewed reason explains, those that hung among them.
    :param equivalent: what the reviewed file excuses, with its reason.
    :param mistaken: what the reviewed file calls equivalent although a check has killed it: the reason is wrong.
    """

    total: Count
    by_seed: Mapping[int, Count]
    by_kind: Mapping[str, Count]
    by_package: Mapping[str, Count]
    by_check: Mapping[str, int]
    survivors: tuple[Tried, ...]
    equivalent: tuple[tuple[Tried, str], ...]
    mistaken: tuple[tuple[Tried, str], ...]

    def vital(self, patterns: Sequence[str]) -> tuple[Tried, ...]:
        """The survivors in files of which no change may live unexplained: ``ProjectConfig.vital``."""
        return tuple(each for each in self.survivors if _fits(each.mutant.file, patterns))

    def verdict(self, patterns: Sequence[str]) -> Verdict:
        """VALID if enough are killed and no survivor is vital; UNKNOWN if nothing was tried that says something."""
        if self.total.score is None:
            return Verdict.UNKNOWN
        return Verdict.INVALID if self.total.score < AT_LEAST or self.vital(patterns) else Verdict.VALID


def score(by_seed: Mapping[int, Sequence[Tried]], equivalents: Mapping[str, str]) -> Score:
    """Count what was tried, each mutant once however many seeds have drawn it.

    :param equivalents: name of a mutant → the reviewed reason why nobody can tell it from the application.
    """
    once = tuple({each.mutant.name: each for tried in by_seed.values() for each in tried}.values())
    excused = tuple((each, equivalents[each.mutant.name]) for each in once if each.mutant.name in equivalents)
    checks = sorted(each.outcome.check for each in once if each.outcome.end is End.KILLED)
    return Score(
        total=_count(once, equivalents),
        by_seed={seed: _count(tried, equivalents) for seed, tried in by_seed.items()},
        by_kind=_grouped(once, equivalents, lambda each: each.mutant.kind),
        by_package=_grouped(once, equivalents, lambda each: PurePosixPath(each.mutant.file).parent.as_posix()),
        by_check={check: checks.count(check) for check in dict.fromkeys(checks)},
        survivors=tuple(each for each in once if _lives(each) and each.mutant.name not in equivalents),
        equivalent=tuple((each, why) for each, why in excused if each.outcome.end is not End.KILLED),
        mistaken=tuple((each, why) for each, why in excused if each.outcome.end is End.KILLED),
    )


def _fits(file: str, patterns: Sequence[str]) -> bool:
    return any(PurePosixPath(file).match(pattern) for pattern in patterns)


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
        stillborn=ends.count(End.STILLBORN),
        equivalent=len(excused),
    )
