"""The one sentence that says what the run came to, for a reader who knows invoices and not Temporal.

It promises no more than the counts hold: what came again is said, what broke is quoted from the check that saw it, and
a run that proves nothing says that first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.record.record import Record
from harness.report.summary import EffectCount, Summary, summary
from harness.report.untrusted import visible
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict

QUOTED_CHARACTERS = 300


def sentence(record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None) -> str:
    """The run in one sentence. What it quotes is made visible and cut, but not escaped for HTML."""
    words = vocabulary or Vocabulary()
    counts = summary(record, results, words)
    if counts.verdict is Verdict.INVALID:
        return f"A promise was broken: {_quoted(results, Verdict.INVALID)}"
    if counts.verdict is Verdict.UNKNOWN:
        return f"Nothing is proved: {_why_unknown(record, results)}"
    went = f"{words.subjects(counts.subjects)} went through {_while(record)}"
    parts = [*_told(counts, words), *_lost(counts)]
    return f"{went}{': ' if parts else ''}{', '.join(parts)}{_recovered(counts)}."


def _why_unknown(record: Record, results: Sequence[CheckResult]) -> str:
    if record.interrupted is not None:
        return f"the run was interrupted ({visible(record.interrupted, limit=QUOTED_CHARACTERS)})."
    if not results:
        return "no check ran."
    return _quoted(results, Verdict.UNKNOWN)


def _quoted(results: Sequence[CheckResult], verdict: Verdict) -> str:
    """What the first check of this verdict says, and how many say so too."""
    saying = [result for result in results if result.verdict is verdict]
    first = visible(saying[0].summary.strip(), limit=QUOTED_CHARACTERS).rstrip(".") or saying[0].check
    if len(saying) == 1:
        return f"{first}."
    others = len(saying) - 1
    return f"{first}; {others} more check{'s say' if others > 1 else ' says'} {verdict.value}."


def _while(record: Record) -> str:
    landed = [fault for fault in record.faults if fault.landed is not None]
    if not landed:
        return "and no fault struck" if record.faults else "with nothing broken on purpose"
    named = Counter(fault.words for fault in landed if fault.words)
    told = [f"{count:,} {visible(words[count > 1])}" for words, count in named.items()]
    if unnamed := Counter(fault.kind for fault in landed if not fault.words):
        total, other = unnamed.total(), "other " if told else ""
        kinds = _listed([visible(kind) for kind in unnamed])
        told.append(f"{total:,} {other}{'fault' if total == 1 else 'faults'} struck ({kinds})")
    return f"while {_listed(told)}"


def _told(counts: Summary, words: Vocabulary) -> list[str]:
    found = {(effect.service, effect.operation): effect for effect in counts.effects}
    wanted = list(words.verbs) if words.verbs else list(found)
    return [_effect(found.get(name, EffectCount(*name, 0, 0, 0)), words) for name in wanted]


def _effect(effect: EffectCount, words: Vocabulary) -> str:
    name = (effect.service, effect.operation)
    verb = words.verbs.get(name, visible(f"{effect.service}/{effect.operation}"))
    if effect.repeated:
        excuse = words.excuses.get(name)
        return f"{effect.references:,} {verb} ({effect.repeated:,} of them again{f', {excuse}' if excuse else ''})"
    return f"{effect.references:,} {verb} once" if effect.accepted else f"none {verb}"


def _lost(counts: Summary) -> list[str]:
    return [] if counts.lost is None else [f"{counts.lost:,} lost"]


def _recovered(counts: Summary) -> str:
    if counts.never_recovered:
        return f"; {counts.never_recovered:,} attempts that were cut short never came back"
    if counts.worst_recovery_seconds is None:
        return ""
    return f"; worst recovery {counts.worst_recovery_seconds:.1f} s"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
