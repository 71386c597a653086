"""What the application noticed of a fault, by its own records: for faults whose victims are many and not known.

Where it fits: faults of links and processes ask here for their felt evidence. A failure speaks for itself. That
something was slow says nothing until it is held against what it took before the fault, so that is what is compared.

Not covered: a fault that struck while nothing was under way; nobody noticed it, and nothing is what comes out.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from harness.experiment.site import Site
from harness.experiment.workload import NOT_ASKED_YET
from harness.record.journal import read_journals
from harness.record.reader import attempts_of

Line = Mapping[str, Any]
Span = tuple[float, float]

# Callers notice a little after the fault is over: their time-outs and retries end later.
NOTICED_WITHIN_SECONDS = 5.0
# What makes slowness evidence: the middle of at least so many took so many times as long, and so much longer.
SAMPLES = 3
TIMES_AS_LONG = 2.0
LONGER_BY_SECONDS = 0.02
# A pause of less than this in the work is none.
SILENCE_SECONDS = 1.0
OPERATION = "operation "


def noticed(site: Site, injected_seconds: float, healed_seconds: float) -> str | None:
    """All that was noticed of a fault that lasted from one time to the other, in words; ``None`` for nothing."""
    lines = read_journals(site.folder / "journal")
    words = [f"{count} {what}" for what, count in failures(lines, injected_seconds, healed_seconds).items() if count]
    now_seconds = time.monotonic()
    words += slowed(lines, injected_seconds, healed_seconds, now_seconds=now_seconds)
    # When no more work comes, that nothing begins is no sign of anything.
    words += silence(lines, injected_seconds, None if site.work_over.is_set() else now_seconds)
    return ", ".join(words) or None


def failures(lines: Sequence[Line], injected_seconds: float, healed_seconds: float) -> dict[str, int]:
    """How many things broke during the fault or shortly after, by what it was that broke."""
    until = healed_seconds + NOTICED_WITHIN_SECONDS
    meanwhile = [line for line in lines if injected_seconds <= line["at_seconds"] <= until]

    def count(kind: str, field_name: str, value: object) -> int:
        return sum(line["kind"] == kind and line[field_name] == value and not _unasked(line) for line in meanwhile)

    return {
        "operations UNKNOWN": count("return", "outcome", "UNKNOWN"),
        "attempts failed": count("attempt-end", "outcome", "failed"),
        "webhooks unanswered": count("webhook-try", "status", None),
    }


def slowed(lines: Sequence[Line], injected_seconds: float, healed_seconds: float, *, now_seconds: float) -> list[str]:
    """What took much longer when begun during the fault than what had ended before it, in words.

    Something that has not ended counts with what it took until now. What met an earlier fault is no measure of what is
    usual.
    """
    words = []
    disturbed = _disturbed(lines, injected_seconds)
    for name, spans in _spans(lines).items():
        ended = [(begin, end) for begin, end in spans if end is not None and end <= injected_seconds]
        before = [end - begin for begin, end in ended if not _meets((begin, end), disturbed)]
        during = [
            (end if end is not None else now_seconds) - begin
            for begin, end in spans
            if injected_seconds <= begin <= healed_seconds
        ]
        if min(len(before), len(during)) < SAMPLES:
            continue
        usual, now = statistics.median(before), statistics.median(during)
        if now >= max(TIMES_AS_LONG * usual, usual + LONGER_BY_SECONDS):
            words.append(f"{name} took {now:.2f} s in the middle, {usual:.2f} s before")
    return words


def waited(lines: Sequence[Line], injected_seconds: float, healed_seconds: float) -> int:
    """How many operations were open when the fault was healed, and for much longer than they usually take."""
    count = 0
    disturbed = _disturbed(lines, injected_seconds)
    for name, spans in _spans(lines).items():
        if not name.startswith(OPERATION):
            continue
        ended = [(begin, end) for begin, end in spans if end is not None and end <= injected_seconds]
        before = [end - begin for begin, end in ended if not _meets((begin, end), disturbed)]
        usual = statistics.median(before) if before else 0.0
        since = healed_seconds - max(SILENCE_SECONDS, TIMES_AS_LONG * usual)
        count += sum(begin <= since and (end is None or end > healed_seconds) for begin, end in spans)
    return count


def silence(lines: Sequence[Line], injected_seconds: float, now_seconds: float | None) -> list[str]:
    """For how long no activity began once the fault was there, when that is much longer than any pause before it.

    A pause that an earlier fault made, or in which no work was asked for yet, is no measure of what is usual.

    :param now_seconds: the end of a pause that still lasts; ``None`` when such a pause does not count.
    """
    begun = [line["at_seconds"] for line in lines if line["kind"] == "attempt-start"]
    before = [at for at in begun if at < injected_seconds]
    disturbed = _disturbed(lines, injected_seconds)
    pauses = [
        later - earlier for earlier, later in itertools.pairwise(before) if not _meets((earlier, later), disturbed)
    ]
    if len(before) < SAMPLES or not pauses:
        return []
    since = [at for at in begun if at >= injected_seconds] + ([now_seconds] if now_seconds is not None else [])
    spans = itertools.pairwise([before[-1], *since])
    usual, longest = max(pauses), max((later - earlier for earlier, later in spans), default=0.0)
    if longest < max(SILENCE_SECONDS, TIMES_AS_LONG * usual):
        return []
    return [f"no activity began for {longest:.2f} s, at most {usual:.2f} s before"]


def _disturbed(lines: Sequence[Line], injected_seconds: float) -> list[Span]:
    """The times before a fault that are no measure of what is usual: earlier faults, and where a phase began."""
    begun: dict[str, float] = {}
    disturbed: list[Span] = []
    for line in lines:
        if line["kind"] == "phase" and line["event"] == "entered":
            disturbed.append((line["at_seconds"], line["at_seconds"]))
        elif line["kind"] == "fault" and line["event"] == "injected" and line["at_seconds"] < injected_seconds:
            begun[line["fault_id"]] = line.get("since_seconds", line["at_seconds"])
        elif line["kind"] == "fault" and line["event"] == "healed" and line["fault_id"] in begun:
            disturbed.append((begun.pop(line["fault_id"]), line["at_seconds"] + NOTICED_WITHIN_SECONDS))
    return disturbed + [(at, math.inf) for at in begun.values()]


def _meets(span: Span, others: Sequence[Span]) -> bool:
    """Whether two times have a moment in common."""
    return any(span[0] <= until and span[1] >= since for since, until in others)


def _spans(lines: Sequence[Line]) -> dict[str, list[tuple[float, float | None]]]:
    """Begin and end of every operation and every attempt, by what it was; repetitions of an operation are one.

    An operation begins when it first asks for something.
    """
    begun: dict[str, Line] = {}
    ended: dict[str, float] = {}
    for line in lines:
        if line["kind"] == "invoke":
            begun.setdefault(line["operation_id"], line)
        elif _unasked(line):
            begun.pop(line["operation_id"], None)
        elif line["kind"] == "return":
            ended[line["operation_id"]] = line["at_seconds"]
    spans = defaultdict(list)
    for operation_id, line in begun.items():
        spans[f"{OPERATION}{line['name']}"].append((line["at_seconds"], ended.get(operation_id)))
    gone = {(line["name"], line["pid"]) for line in lines if line["kind"] == "process" and line["event"] != "started"}
    for attempt in attempts_of(lines):
        # One that died with its worker is not slow, and says nothing of how long such a thing takes.
        if attempt.ended_seconds is not None or (attempt.worker, attempt.pid) not in gone:
            spans[f"activity {attempt.activity}"].append((attempt.started_seconds, attempt.ended_seconds))
    return spans


def _unasked(line: Line) -> bool:
    """Whether this is the answer of an operation that has asked nobody anything: it has noticed nothing."""
    return line["kind"] == "return" and ("skipped" in line["detail"] or NOT_ASKED_YET in line["detail"])
