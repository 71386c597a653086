"""What a run did over time, in numbers: throughput, latency, backlog.

Data flow: record → **measures** → summary, charts, ``verdict.json``. All times in results are seconds since the
work began (``work_began_seconds``), because the record's own clock starts at the host's boot.

Not covered: the latency of what never returned. It is counted (``unanswered``), not guessed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.record.record import Execution, Operation, Record
from harness.verdict import CheckResult, Verdict, worst

BUCKET_CHOICES_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
BUCKETS_AT_MOST = 90


@dataclass(frozen=True)
class Bucket:
    """Workflow executions that closed from ``start_seconds`` until the next bucket, as a count and as a rate."""

    start_seconds: float
    closes: int
    per_second: float


@dataclass(frozen=True)
class Throughput:
    """Closed workflow executions over time. ``peak_per_second`` is the best bucket, ``mean`` runs to the last close."""

    bucket_seconds: float
    buckets: tuple[Bucket, ...]
    peak_per_second: float
    mean_per_second: float


@dataclass(frozen=True)
class Latency:
    """How long one kind of operation took, in seconds from the intended start (so that queueing counts).

    Percentiles are by nearest rank: each is a time that was measured. ``unanswered`` operations never returned and are
    not among the ``count``.
    """

    name: str
    count: int
    unanswered: int
    p50_seconds: float
    p95_seconds: float
    p99_seconds: float
    max_seconds: float


@dataclass(frozen=True)
class BacklogPoint:
    """What was waiting at one instant: executions open, and tasks that no worker had taken yet."""

    at_seconds: float
    running: int
    backlog: int


def overall_verdict(record: Record, results: Sequence[CheckResult]) -> Verdict:
    """The worst of the results; no result at all is UNKNOWN, and an interrupted run is never VALID."""
    verdicts = [result.verdict for result in results]
    return worst([*verdicts, Verdict.UNKNOWN] if record.interrupted is not None else verdicts)


def work_began_seconds(record: Record) -> float:
    """When the work began, on the record's clock: zero of every time axis. Without a work phase, the first event."""
    work = record.phase("work")
    return work.entered_seconds if work is not None else min(_instants(record), default=0.0)


def work_lasted_seconds(record: Record) -> float:
    """From the beginning of the work to the last event of it; at least a second, so that an axis can be drawn."""
    return record.once(_work_lasted_seconds)


def _work_lasted_seconds(record: Record) -> float:
    return max(1.0, max(_instants(record), default=0.0) - work_began_seconds(record))


def _instants(record: Record) -> Iterator[float]:
    for operation in record.operations:
        yield operation.intended_seconds
        yield operation.invoked_seconds if operation.returned_seconds is None else operation.returned_seconds
    for attempt in record.attempts:
        yield attempt.started_seconds if attempt.ended_seconds is None else attempt.ended_seconds
    for fault in record.faults:
        yield from (at for at in (fault.injected_seconds, fault.healed_seconds) if at is not None)
    yield from (execution.closed_seconds for execution in record.executions if execution.closed_seconds is not None)
    yield from (sample.at_seconds for sample in record.samples)


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of values in ascending order: ``share`` 0.95 for p95. 0.0 when there are none."""
    if not sorted_values:
        return 0.0
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def throughput(record: Record, bucket_seconds: float | None = None) -> Throughput:
    """Closes per second in buckets of one width, by default the smallest round one that gives at most 90 of them."""
    began, lasted = work_began_seconds(record), work_lasted_seconds(record)
    fitting = (choice for choice in BUCKET_CHOICES_SECONDS if lasted / choice <= BUCKETS_AT_MOST)
    width = bucket_seconds or next(fitting, lasted / BUCKETS_AT_MOST)
    closed = [max(0.0, at - began) for at in (e.closed_seconds for e in record.executions) if at is not None]
    counts = [0] * math.ceil(lasted / width)
    for at in closed:
        counts[min(len(counts) - 1, int(at / width))] += 1
    buckets = tuple(Bucket(round(index * width, 6), count, count / width) for index, count in enumerate(counts))
    return Throughput(
        bucket_seconds=width,
        buckets=buckets,
        peak_per_second=max(bucket.per_second for bucket in buckets),
        mean_per_second=len(closed) / max(closed) if closed and max(closed) > 0 else 0.0,
    )


def latency(record: Record, start: str = "process") -> tuple[Latency, ...]:
    """One row per operation name, then one from the intended ``start`` operation to the close of its workflow.

    Only of the work: canaries run one by one before it and would flatter the numbers.
    """
    return tuple(_latency(name, values) for name, values in record.once(_Took(start)).items())


def latencies_of(record: Record, start: str = "process") -> dict[str, list[float]]:
    """The single latencies behind the rows of ``latency``, in seconds."""
    return {
        name: [max(0.0, value) for value in values if value is not None]
        for name, values in record.once(_Took(start)).items()
    }


@dataclass(frozen=True)
class _Took:
    """The latencies by their name, of a record: a value, so that a record computes them once for each ``start``."""

    start: str

    def __call__(self, record: Record) -> dict[str, list[float | None]]:
        return _took(record, self.start)


def _took(record: Record, start: str) -> dict[str, list[float | None]]:
    began = work_began_seconds(record)
    returned: dict[str, list[float | None]] = defaultdict(list)
    for operation in record.operations:
        end = operation.returned_seconds
        if operation.intended_seconds >= began:
            returned[operation.name].append(None if end is None else end - operation.intended_seconds)
    closes = [
        None if execution is None or execution.closed_seconds is None else execution.closed_seconds - at
        for at, execution in ((o.intended_seconds, e) for o, e in started_executions(record, start))
        if at >= began
    ]
    return {**dict(sorted(returned.items())), **({f"{start} → closed": closes} if closes else {})}


def _latency(name: str, values: Sequence[float | None]) -> Latency:
    known = sorted(max(0.0, value) for value in values if value is not None)
    p50, p95, p99 = (percentile(known, share) for share in (0.50, 0.95, 0.99))
    return Latency(name, len(known), len(values) - len(known), p50, p95, p99, known[-1] if known else 0.0)


def started_executions(record: Record, start: str = "process") -> tuple[tuple[Operation, Execution | None], ...]:
    """Every ``start`` operation with the execution it began, ``None`` where the final reads have none.

    The execution is the one that the operation's detail names (``workflow_id``), or else the one whose workflow id is
    the operation's subject, or the only one that is about that subject.
    """
    return record.once(_Started(start))


@dataclass(frozen=True)
class _Started:
    start: str

    def __call__(self, record: Record) -> tuple[tuple[Operation, Execution | None], ...]:
        return _started_executions(record, self.start)


def _started_executions(record: Record, start: str) -> tuple[tuple[Operation, Execution | None], ...]:
    by_id: dict[str, Execution] = {}
    about: dict[str, list[Execution]] = defaultdict(list)
    for execution in record.executions:
        if execution.status == "CONTINUED_AS_NEW":
            continue
        by_id[execution.workflow_id] = execution
        about[execution.subject].append(execution)

    def find(operation: Operation) -> Execution | None:
        named = operation.detail.get("workflow_id")
        if isinstance(named, str):
            return by_id.get(named)
        alike = about.get(operation.subject, [])
        return by_id.get(operation.subject) or (alike[0] if len(alike) == 1 else None)

    return tuple((operation, find(operation)) for operation in record.operations if operation.name == start)


def backlog(record: Record) -> tuple[BacklogPoint, ...]:
    """The samples, in the order of time."""
    began = work_began_seconds(record)
    ordered = sorted(record.samples, key=lambda sample: sample.at_seconds)
    return tuple(BacklogPoint(sample.at_seconds - began, sample.running, sample.backlog) for sample in ordered)
