"""Forgeries with care: one fact of the kept record is changed and everything numbered and sealed again.

Each is found because the fact stands somewhere else, too.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.application.contract import load_application
from harness.application.sources import Sources
from harness.experiment.again import judge_directory
from harness.record.integrity.seal import read_seal, write_seal
from harness.verdict import Verdict
from scenarios.invoices.records.copies import made_whole
from scenarios.invoices.records.damage import with_care
from scenarios.invoices.records.record import unpacked
from scenarios.invoices.records.ten import claim_of

APP = load_application("workflows.app")
Line = dict[str, Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("ten-invoices", tmp_path_factory.mktemp("records"))


@pytest.fixture
def run(kept: Path) -> Path:
    """A copy for each test; what the one before did to it is put right."""
    return made_whole(kept, kept.parent / "copy")


def told(run: Path) -> str:
    """What is said of the record once it is sealed again."""
    seal = read_seal(run)
    with_care(run, seal.run_id)
    write_seal(run, seal.run_id, Sources(**seal.sources))
    judged = judge_directory(run, claim_of, APP)
    assert judged.verdict is Verdict.UNKNOWN
    return "\n".join(f"{each.subject} {each.message}" for result in judged.results for each in result.findings)


def rewrite(run: Path, writer: str, kind: str, change: Callable[[Line], Line | None]) -> None:
    """Change, or take away, the first line of this kind in the journal of this writer."""
    path = next(file for file in sorted((run / "journal").glob(f"{writer}*.jsonl")) if f'"{kind}"' in file.read_text())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    at = next(at for at, line in enumerate(lines) if line["kind"] == kind)
    changed = change(lines[at])
    lines[at : at + 1] = [] if changed is None else [changed]
    path.write_text("".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines))


def edit_json(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}, indent=2, sort_keys=True) + "\n")


def test_another_runs_world_is_not_this_runs(run: Path, tmp_path: Path) -> None:
    shutil.copy(unpacked("another-run", tmp_path) / "journal" / "world.jsonl", run / "journal" / "world.jsonl")
    assert "journal/world.jsonl:1 was opened by the process" in told(run)


@pytest.mark.parametrize(
    ("file", "fields", "words"),
    [
        ("run.json", {"seed": 1}, "run.json says seed = 1; the run began with 4711"),
        ("run.json", {"commit": "x"}, "run.json says commit = 'x'; the run began with"),
        ("run.json", {"command": "assay run other --seed 1"}, "does not repeat this run"),
        ("plan.json", {"claim": "main-job"}, "plan.json its claim is not that of run.json"),
        ("plan.json", {"faults": []}, "plan.json is not the one that the run began with"),
        ("input.json", {"reminders": ""}, "plan.json its workload is not that of input.json"),
    ],
    ids=["seed", "commit", "command", "claim", "faults", "input"],
)
def test_what_the_run_began_with_stands_in_its_journal(
    run: Path, file: str, fields: dict[str, Any], words: str
) -> None:
    edit_json(run / file, **fields)
    assert words in told(run)


DROPPED = {
    "invoke": ("harness", "no invoke belongs to this return"),
    "attempt-start": ("worker", "no attempt-start belongs to this attempt-end"),
    "attempt-end": ("worker", "and no journal mentions its completion"),
    "world-attempt": ("world", "attempt-2 where attempt-1 must be"),
    "world-reply": ("world", "has no reply, and its world ended in order"),
    "effect": ("world", "effect-2 where effect-1 must be"),
    "process": ("harness", "cannot be stopped with the process id"),
    "phase": ("harness", "is left where bring-up must be entered"),
    "execution": ("harness", "no journal mentions this execution"),
    "history-facts": ("harness", "no journal mentions this execution"),
    "policy": ("harness", "no journal mentions this policy of"),
    "begun": ("harness", "says 0 times what the run began with"),
    "fault-planned": ("harness", "not a record of the kind fault: it lacks or does not know"),
    "replay-started": ("replay", "no replay-started belongs to this replayed"),
    "histories-kept": ("harness", "is not the history that was read in the end"),
}


@pytest.mark.parametrize("kind", DROPPED)
def test_a_line_that_is_taken_away_is_missed_by_another(run: Path, kind: str) -> None:
    writer, words = DROPPED[kind]
    rewrite(run, writer, kind, lambda line: None)
    assert words in told(run)


CHANGED: dict[str, tuple[str, str, Line, str]] = {
    "status": ("harness", "execution", {"status": "FAILED"}, "says status = 'FAILED'"),
    "result": ("harness", "execution", {"result": None}, "says result = None"),
    "type": ("harness", "execution", {"workflow_type": "Other"}, "says workflow_type = 'Other'"),
    "facts": ("harness", "history-facts", {"tasks_completed": 1}, "says tasks_completed = 1"),
    "policy": ("harness", "policy", {"maximum_attempts": 1}, "no history has this policy"),
    "activity": ("worker", "attempt-start", {"activity": "rest"}, "no history has scheduled rest"),
    "worker's pid": ("worker", "attempt-start", {"pid": 1}, "is in another's journal"),
    "worker's app": ("worker", "worker-ready", {"app": "other"}, "the worker served other"),
    "try": ("harness", "invoke", {"repetition": 2}, "out of turn"),
    "fault": ("harness", "fault-planned", {"fault": "worker-pause"}, "is not in plan.json"),
    "reply": ("world", "world-reply", {"effect_id": None}, "and its reply says otherwise"),
    "effect's key": ("world", "effect", {"key": "other"}, "asked for"),
    "process": ("harness", "process", {"pid": 1}, "with the process id"),
    "replay": ("replay", "replayed", {"tasks_completed": 99}, "completed tasks"),
    "text for a number": ("harness", "sample", {"running": "1"}, "running is '1', which no Sample has"),
    "no subject": ("harness", "invoke", {"subject": None}, "subject is None, which no Operation has"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_line_that_is_changed_is_contradicted_by_another(run: Path, name: str) -> None:
    writer, kind, fields, words = CHANGED[name]
    rewrite(run, writer, kind, lambda line: {**line, **fields})
    assert words in told(run)


def test_a_history_that_is_changed_is_not_the_one_that_was_read(run: Path) -> None:
    file = sorted((run / "histories").glob("*.json"))[0]
    file.write_text(file.read_text() + " ")
    assert f"histories/{file.name} is not the history that was read in the end" in told(run)


def test_an_attachment_is_what_it_is_named_by(run: Path) -> None:
    file = sorted((run / "attachments").iterdir())[0]
    file.write_bytes(file.read_bytes() + b" ")
    assert f"attachments/{file.name} is not the content that it is named by" in told(run)


def test_a_mutants_patch_belongs_to_the_run_of_a_mutant(run: Path) -> None:
    (run / "mutant.patch").write_text("x")
    assert "mutant.patch must be there for the run of a mutant, and for no other" in told(run)
