"""The same histories through the gate's children and through the SDK's Replayer, one after the other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.application.project import no_proxy, python_path
from harness.record.journal import read_journals
from harness.replay.gate.staging import read_bytes
from harness.replay.reasons import REPLAYED
from harness.replay.supervisor import SHARES, ReplayJob, replay_histories
from harness.stack.processes.process import last_lines
from harness.stack.processes.watchdog import Watchdog

AT_MOST_SECONDS = 3600.0


class NotMeasured(Exception):
    """There is no figure; the message says why."""


@dataclass(frozen=True)
class Pair:
    """Histories a second, of the gate and of the SDK's Replayer, measured in turn."""

    gate: float
    plain: float

    @property
    def ratio(self) -> float:
        """How many times as many the gate replays."""
        return self.gate / self.plain


def lay_out(corpus: Sequence[Path], folder: Path, count: int) -> None:
    """Write so many histories into a folder that is made: those of the corpus, again and again."""
    folder.mkdir(parents=True)
    texts = [read_bytes(file) for file in corpus]
    for number in range(count):
        (folder / f"{number:06d}.json").write_bytes(texts[number % len(texts)])


def measured(app: str, code: Path, run: Path, count: int) -> Pair:
    """Both on the histories of a folder laid out like a run's; ``code`` is where the application lies.

    :raises NotMeasured: a history does not replay, or one of them did not come to its end.
    """
    plain = count / _plain_seconds(app, code, run / "histories")
    return Pair(count / _gate_seconds(app, code, run, count), plain)


def _plain_seconds(app: str, code: Path, histories: Path) -> float:
    command = [sys.executable, "-m", "harness.replay.bench.plain", app, str(histories.resolve())]
    environment = {**os.environ, **no_proxy(os.environ), **python_path(code)}
    try:
        done = subprocess.run(
            command, cwd=code, env=environment, capture_output=True, text=True, timeout=AT_MOST_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(f"the SDK's Replayer did not end within {AT_MOST_SECONDS:g} s") from error
    if done.returncode != 0:
        raise NotMeasured(
            f"the SDK's Replayer ended with {done.returncode}: {done.stderr.strip().rpartition(os.linesep)[2][:500]}"
        )
    return float(done.stdout.split()[-1])


def _gate_seconds(app: str, code: Path, run: Path, count: int) -> float:
    """From the first history that a child began to the last that one ended: the start of the children is left out."""
    run_id = f"bench-{uuid.uuid4().hex[:12]}"
    scratch = run / run_id
    (scratch / "journal").mkdir(parents=True)
    job = ReplayJob(app, code, scratch, run_id, no_proxy(os.environ), histories_of=run, shares=SHARES, drift=True)
    with Watchdog(run_id):
        asyncio.run(asyncio.wait_for(replay_histories(job), AT_MOST_SECONDS))
    lines = read_journals(scratch / "journal")
    ended = [line for line in lines if line["kind"] == "replayed"]
    wrong = [line for line in ended if line["reason"] != REPLAYED]
    if wrong or len(ended) != count:
        told = f"{wrong[0]['reason']}: {wrong[0]['message']}" if wrong else last_lines(job.log(0), 3)
        raise NotMeasured(f"the gate: {len(ended) - len(wrong)} of {count} histories replayed: {told}")
    began = min(line["at_seconds"] for line in lines if line["kind"] == "replay-started")
    return float(max(line["at_seconds"] for line in ended) - began)
