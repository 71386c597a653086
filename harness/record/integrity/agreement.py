"""Whether the files of one run agree: what was planned with what was begun, what was answered with what was asked.

Data flow: lines of the journals, ``run.json``, ``plan.json``, ``input.json`` → **disagreements** → UNKNOWN. Each
fact of a run stands in more places than one; whoever changes one of them and seals the record again is told by the
others. What histories say is held against the journals in ``harness.record.integrity.histories``.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.application.sources import PATCH, Sources
from harness.record.integrity import process_agreement, world_agreement
from harness.record.lines import Line, place_of
from harness.record.record import RunInfo
from harness.record.rundir import stem_of
from harness.verdict import Finding

BEGUN = "begun"
"""The harness's first word on a run: what it was asked to do, and with which sources, plan and input."""
WRITTEN_FIRST = ("run.json", "plan.json", "input.json")
ONCE = ("return", "world-reply")
"""Kinds of which there is one line at most for each line that they answer."""
ATTEMPT = ("run_id", "workflow_id", "activity", "activity_id", "attempt", "worker", "local", "rerun")
REPLAY = ("file", "workflow_id", "run_id")
PHASES = ("bring-up", "steady-state", "work", "heal", "settle", "final-reads")


def beginning_of(folder: Path, info: RunInfo, sources: Sources) -> Mapping[str, Any]:
    """What the line ``begun`` holds."""
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in WRITTEN_FIRST}
    return {"run": json.loads(json.dumps(asdict(info))), "sources": asdict(sources), "sha256": digests}


def disagreements(folder: Path, info: RunInfo, sources: Mapping[str, Any], lines: Sequence[Line]) -> Iterator[Finding]:
    """Everything in which the files of the run contradict each other. The journals must be whole.

    :param sources: those of the seal.
    :raises UsageError: a file is not what Assay writes.
    """
    by_kind: dict[str, list[Line]] = {}
    for line in lines:
        by_kind.setdefault(line["kind"], []).append(line)
    yield from _of_the_beginning(folder, info, sources, by_kind.get(BEGUN, []))
    yield from _of_the_plan(folder, info, by_kind)
    if not by_kind.get("interrupted"):
        yield from _of_the_phases(by_kind.get("phase", []))
    yield from _without_partner(by_kind, "return", "invoke", ("operation_id", "repetition"))
    yield from _without_partner(by_kind, "attempt-end", "attempt-start", ATTEMPT)
    yield from _without_partner(by_kind, "replayed", "replay-started", REPLAY)
    yield from _without_partner(by_kind, "world-reply", "world-attempt", ("attempt_id",))
    yield from _without_partner(by_kind, "fault", "fault-planned", ("fault_id",))
    yield from world_agreement.disagreements(folder, by_kind)
    yield from _of_the_operations(by_kind.get("invoke", []))
    yield from process_agreement.disagreements(by_kind, str(sources.get("app")))


def _of_the_beginning(
    folder: Path, info: RunInfo, sources: Mapping[str, Any], begun: Sequence[Line]
) -> Iterator[Finding]:
    if len(begun) != 1:
        yield Finding("journal/harness.jsonl", f"says {len(begun)} times what the run began with, and must say it once")
        return
    said = begun[0]
    for name, value in json.loads(json.dumps(asdict(info))).items():
        was = said.get("run", {}).get(name)
        if value != was:
            yield Finding("run.json", f"says {name} = {value!r}; the run began with {was!r}")
    for name in WRITTEN_FIRST:
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != said.get("sha256", {}).get(name):
            yield Finding(name, "is not the one that the run began with")
    if said.get("sources") != dict(sources):
        yield Finding("seal.json", "the sources of the application changed while the run went on, or the seal did")
    try:
        started = datetime.datetime.fromisoformat(info.started_at)
    except ValueError:
        yield Finding("run.json", f"started_at is not an instant: {info.started_at!r}")
        return
    if not info.run_id.startswith(stem_of(info.claim, info.seed, started)):
        yield Finding("run.json", f"the run {info.run_id} is not of {info.claim}, seed {info.seed}, {info.started_at}")
    for words in (f"assay run {info.claim} ", f" --seed {info.seed} "):
        if words not in f"{info.command} ":
            yield Finding("run.json", f"the command {info.command!r} does not repeat this run")


def _of_the_plan(folder: Path, info: RunInfo, by_kind: Mapping[str, Sequence[Line]]) -> Iterator[Finding]:
    plan, put_in = (json.loads((folder / name).read_text(encoding="utf-8")) for name in WRITTEN_FIRST[1:])
    for name, expected in (("claim", info.claim), ("seed", info.seed), ("workload", put_in)):
        if plan.get(name) != expected:
            yield Finding("plan.json", f"its {name} is not that of {'input' if name == 'workload' else 'run'}.json")
    if bool(info.mutant) != (folder / PATCH).is_file():
        yield Finding(PATCH, "must be there for the run of a mutant, and for no other")
    if not info.faults_enabled and plan.get("faults"):
        yield Finding("plan.json", "plans faults, and run.json says that there were to be none")
    planned = {fault["fault_id"]: fault.get("kind") for fault in plan.get("faults", ()) if "fault_id" in fault}
    for line in by_kind.get("fault-planned", []):
        if planned and planned.get(line.get("fault_id")) != line.get("fault"):
            yield Finding(place_of(line), f"{line.get('fault_id')} ({line.get('fault')}) is not in plan.json")
    told = {line.get("fault_id") for line in by_kind.get("fault-planned", [])}
    if told and not by_kind.get("interrupted"):
        for fault_id in sorted(planned.keys() - told, key=str):
            yield Finding("journal/harness.jsonl", f"does not mention the fault {fault_id!r} of plan.json")


def _of_the_phases(lines: Sequence[Line]) -> Iterator[Finding]:
    expected = [(name, event) for name in PHASES for event in ("entered", "left")]
    for line, (name, event) in zip(lines, expected, strict=False):
        if (line.get("name"), line.get("event")) != (name, event):
            yield Finding(place_of(line), f"{line.get('name')} is {line.get('event')} where {name} must be {event}")
            return
    if len(lines) != len(expected):
        yield Finding("journal/harness.jsonl", f"holds {len(lines)} steps of phases; a whole run has {len(expected)}")


def _without_partner(
    by_kind: Mapping[str, Sequence[Line]], kind: str, first: str, names: Sequence[str]
) -> Iterator[Finding]:
    """Lines of ``kind`` that come without their line of the kind ``first``, or a second time."""

    def key(line: Line) -> str:
        return json.dumps([line.get(name) for name in names])

    known = {key(line) for line in by_kind.get(first, [])}
    seen: Counter[str] = Counter()
    for line in by_kind.get(kind, []):
        if key(line) not in known:
            yield Finding(place_of(line), f"no {first} belongs to this {kind}: {key(line)}")
        seen[key(line)] += 1
        if seen[key(line)] > 1 and kind in ONCE:
            yield Finding(place_of(line), f"a second {kind} of the same: {key(line)}")


def _of_the_operations(invokes: Sequence[Line]) -> Iterator[Finding]:
    count: Counter[str] = Counter()
    for line in invokes:
        count[str(line.get("operation_id"))] += 1
        if line.get("repetition") != count[str(line.get("operation_id"))]:
            yield Finding(
                place_of(line), f"is try {line.get('repetition')!r} of {line.get('operation_id')}, out of turn"
            )
