"""Asks the code of every history of a corpus, in child processes over all cores, and collects every answer.

Data flow: corpus → staged files → **children of the replay** → their journals → the answers → the verdict.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.application.project import no_proxy
from harness.errors import UsageError
from harness.record.journal import read_journals
from harness.replay.child import SERVES, TAKES
from harness.replay.drift.allowed import Allowed
from harness.replay.gate.corpus import MANIFEST
from harness.replay.gate.staging import Staged, stage
from harness.replay.lint.lint import Suspect
from harness.replay.reasons import DRIFTED, NOT_REPLAYED, REPLAYED, VERDICTS
from harness.replay.recording.handlers import Handlers, gone
from harness.replay.recording.keep import read_handlers
from harness.replay.result import Drift, Result
from harness.replay.supervisor import ReplayJob, replay_histories
from harness.stack.processes.process import last_lines
from harness.stack.processes.watchdog import Watchdog
from harness.verdict import CheckResult, Verdict, worst

HISTORY_SECONDS = 60.0
START_SECONDS = 120.0
PART = ", up to event "
OF = ", handlers of "


@dataclass(frozen=True)
class Answers:
    """What the code says: each file with its result, and the types of workflows that the code has.

    ``allowed`` is the drift that there is and that is wanted, ``unused`` what is wanted and not there; ``suspects`` are
    lines that may not do the same at every replay. Of the ``prefixes`` only those that failed are among the results.
    ``beside`` is what was asked without a history.
    """

    results: Mapping[Path, Result]
    types: Sequence[str]
    prefixes: int = 0
    allowed: Sequence[Allowed] = ()
    unused: Sequence[Allowed] = ()
    suspects: Sequence[Suspect] = ()
    beside: Sequence[CheckResult] = ()

    @property
    def types_without_history(self) -> list[str]:
        """Those that no history of the corpus proves anything of."""
        proved = {each.workflow_type for each in self.results.values() if each.tasks_completed}
        return [name for name in self.types if name not in proved]

    @property
    def verdict(self) -> Verdict:
        """The worst of all answers; a type that nothing is known of is UNKNOWN."""
        found = [VERDICTS[each.reason] for each in self.results.values()]
        unknown = [Verdict.UNKNOWN for _ in self.types_without_history]
        others = [each.verdict for each in self.beside]
        return worst([*found, *unknown, *others, *(Verdict.INVALID for _ in self.suspects)])


def ask(
    app: str,
    code: Path,
    corpus: Sequence[Path],
    *,
    history_seconds: float = HISTORY_SECONDS,
    drift: bool = True,
    prefixes: bool = False,
    without: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Answers:
    """Replay every history on this code.

    :param code: the folder of it.
    :param history_seconds: how long one history may take.
    :param drift: also what the SDK's replayer passes over.
    :param prefixes: also each history as it was while its execution was in flight.
    :param without: a project whose modules are not to be found: a revision of it is all there is.
    :param variables: of the environment, for the code.
    :raises UsageError: the application cannot be imported there.
    """
    run_id = f"gate-{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory(prefix="assay-gate-") as scratch, Watchdog(run_id):
        folder = Path(scratch)
        staged = stage(corpus, folder / "histories", prefixes=prefixes)
        job = ReplayJob(
            app,
            code,
            folder,
            run_id,
            {**no_proxy(os.environ), **(variables or {})},
            history_seconds=history_seconds,
            start_seconds=START_SECONDS,
            shares=max(1, min(len(os.sched_getaffinity(0)), len(staged.files))),
            types=True,
            drift=drift,
            without=without,
        )
        asyncio.run(replay_histories(job))
        lines = read_journals(folder / "journal") if staged.files else []
        answers = _collected(job, staged, lines)
        return dataclasses.replace(answers, results={**answers.results, **_gone(corpus, lines)}) if drift else answers


def allowing(answers: Answers, entries: Sequence[Allowed]) -> Answers:
    """The answers without the drift that is allowed."""
    used: set[Allowed] = set()

    def unwanted(result: Result) -> Result:
        left = []
        for drift in result.drifts:
            by = [entry for entry in entries if entry.allows(drift, result.workflow_type)]
            used.update(by)
            left += [] if by else [drift]
        reason = REPLAYED if result.reason == DRIFTED and not left else result.reason
        return dataclasses.replace(result, reason=reason, drifts=tuple(left))

    results = {file: unwanted(result) for file, result in answers.results.items()}
    unused = [entry for entry in entries if entry not in used]
    used_entries = [entry for entry in entries if entry in used]
    return dataclasses.replace(answers, results=results, allowed=used_entries, unused=unused)


def _collected(job: ReplayJob, staged: Staged, lines: Sequence[Mapping[str, Any]]) -> Answers:
    types = next((line["types"] for line in lines if line["kind"] == SERVES), None)
    if types is None and staged.files:
        raise UsageError(f"the application cannot be asked: {last_lines(job.log(0), 3)}")
    found = {line["file"]: _result(line) for line in lines if line["kind"] == "replayed"}
    lost = Result(NOT_REPLAYED, "the child that was to replay it left no word of it")
    results = {origin: found.get(name, lost) for name, origin in staged.files.items()}
    for name, (origin, count) in staged.parts.items():
        # What is wrong with the whole is told of the whole.
        if results[origin].reason == REPLAYED and (of_part := found.get(name, lost)).reason != REPLAYED:
            results[origin.with_name(f"{origin.name}{PART}{count}")] = of_part
    return Answers({**results, **staged.refused}, types or [], len(staged.parts))


def _gone(corpus: Sequence[Path], lines: Sequence[Mapping[str, Any]]) -> dict[Path, Result]:
    """For each manifest what it says that workflows took, and the code does not."""
    now: Handlers = next((line["handlers"] for line in lines if line["kind"] == TAKES), {})
    found: dict[Path, Result] = {}
    for folder in sorted({file.parent for file in corpus}):
        drifts: dict[str, list[Drift]] = defaultdict(list)
        for workflow_type, drift in gone(read_handlers(folder), now):
            drifts[workflow_type].append(drift)
        for workflow_type, those in drifts.items():
            named = folder / f"{MANIFEST}{OF}{workflow_type}"
            found[named] = Result(DRIFTED, "", workflow_type, drifts=tuple(those))
    return found


def _result(line: Mapping[str, Any]) -> Result:
    fields = {name: line[name] for name in Result.__dataclass_fields__ if name in line}
    drifts = tuple(Drift(**{**each, "places": tuple(each["places"])}) for each in fields.pop("drifts", ()))
    return Result(**{**fields, "places": tuple(fields.get("places", ())), "drifts": drifts})


def in_order(results: Mapping[Path, Result]) -> Iterator[tuple[Path, Result]]:
    """The results with the worst first, then by the file's name."""
    yield from sorted(results.items(), key=lambda each: (-VERDICTS[each[1].reason].badness, str(each[0])))
