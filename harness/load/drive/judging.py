"""One test after the other, each with its conclusion: what a process alone and the master have in common.

Data flow: `roles` → **judging** → `ending`. locust's exit code is set here: what the verdict says, 2 or 3 when
the test could not be, and 4 when none has come to its end.
"""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import STATE_RUNNING, STATE_SPAWNING

from harness.errors import AssayError, UsageError
from harness.load.client.connection import Connection
from harness.load.client.options import given_options, parse_options, repeating
from harness.load.client.user import TemporalUser
from harness.load.drive.ending import Finished, Test, finish
from harness.load.drive.finding import find_sources
from harness.load.inside.watch import Watch
from harness.load.measure.collecting import Snapshot
from harness.load.report.table import table_lines
from harness.record.rundir import read_run_info
from harness.verdict import Verdict

LARGEST_SEED = 2**31
EARLY_SECONDS = 2.0
"""A test that ends by more than this before its time limit was ended by somebody."""


@dataclass(frozen=True)
class Seen:
    """What is to be seen of the last test: that it is not judged yet, what it ended as, or why it could not be."""

    judging: bool
    finished: Finished | None
    problem: str | None


class Judging:
    """Begins tests and concludes each once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.test: Test | None = None
        self.exit_code: int | None = None
        self._watch: Watch | None = None
        self._interrupted: str | None = None
        self._finished: Finished | None = None
        self._problem: str | None = None

    def seen(self) -> Seen:
        """For whoever shows it."""
        return Seen(self.test is not None, self._finished, self._problem)

    def make_test(self) -> Test:
        """The test that starts; its seed and tag go to the workers with the options.

        :raises UsageError: the options cannot be used.
        """
        self.exit_code = self._interrupted = self._finished = self._problem = None
        raw: Any = self.environment.parsed_options
        options = parse_options(raw)
        _make_sure_of(options.report_folder)
        seed = random.SystemRandom().randrange(LARGEST_SEED) if options.seed is None else options.seed
        raw.assay_seed, raw.assay_tag = seed, f"LD{time.time_ns() // 1000:x}"
        users = [kind for kind in self.environment.user_classes if issubclass(kind, TemporalUser)]
        begin = sorted({f"{kind.workflow_ids_begin}{raw.assay_tag}-" for kind in users})
        name, given = Path(self.environment.locustfile or "locustfile").stem, given_options(raw)
        command = repeating(name, raw, {**given, "seed": str(seed)})
        if options.run_folder is not None:
            # What is drawn is the claim's, and so is what repeats it.
            run = read_run_info(options.run_folder)
            seed, command, given = run.seed, run.command, {"claim": run.claim, "stack": run.stack}
        sources = find_sources(options, start=Path.cwd(), environ=os.environ)
        self._watch = Watch(sources) if sources else None
        self.test = Test(name, options, seed, raw.assay_tag, tuple(begin), command, given)
        print(f"load test {raw.assay_tag}, seed {seed}", flush=True)
        return self.test

    def give_up(self, error: AssayError) -> None:
        """The test cannot be: say so, and stop it; locust goes on with what it is doing until it is stopped."""
        print(error, file=sys.stderr, flush=True)
        self.test, self.exit_code, self._problem = None, error.exit_code, str(error)
        if self._watch is not None:
            self._watch.end()
            self._watch = None
        runner, raw = self.environment.runner, self.environment.parsed_options
        assert runner is not None
        gevent.spawn(runner.quit if raw and raw.headless else runner.stop)

    def look_at_the_clock(self) -> None:
        """The users are about to be stopped: is it time? In the web UI somebody may end a test before its limit."""
        raw: Any = self.environment.parsed_options
        if self.test is None or not raw.run_time or self._interrupted is not None:
            return
        lasted_seconds = time.monotonic() - self.test.began_seconds
        if lasted_seconds < raw.run_time - EARLY_SECONDS:
            self._interrupted = f"it was stopped after {lasted_seconds:.0f} of {raw.run_time} s"

    def judge(self, snapshot: Snapshot, connection: Connection) -> None:
        """The end of a test, once."""
        if self.test is None:
            return
        self.exit_code = Verdict.UNKNOWN.exit_code
        try:
            watch, self._watch = self._watch, None
            self._finished = finish(self.test, snapshot, connection, watch=watch, interrupted=self._interrupted)
            self.exit_code = self._finished.outcome.conclusion.exit_code
        except Exception as error:
            self._problem = f"the test could not be concluded: {error!r}"
            raise
        finally:
            self.test = None
        raw: Any = self.environment.parsed_options
        if not raw.headless:
            self._say()

    def say_at_the_end(self) -> None:
        """The process ends: headless, there is one test, and what it came to is the last that is said."""
        raw: Any = self.environment.parsed_options
        if raw.headless:
            self._say()

    def _say(self) -> None:
        if self._finished is not None:
            print("", *table_lines(self._finished.outcome, self._finished.report), sep="\n", flush=True)

    def quit(self) -> None:
        """Stop what still runs: somebody ended the process before the test was over."""
        runner, raw = self.environment.runner, self.environment.parsed_options
        assert runner is not None
        if runner.state in (STATE_RUNNING, STATE_SPAWNING):
            if raw and (raw.run_time or not raw.headless):
                self._interrupted = "the process was told to end before the test was over"
            runner.stop()
        if self.exit_code is None:
            print("no load test has finished: nothing is known", file=sys.stderr, flush=True)
            self.exit_code = Verdict.UNKNOWN.exit_code
        self.environment.process_exit_code = self.exit_code


def _make_sure_of(folder: Path) -> None:
    """Before anything is measured that could not be written down."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--report-folder {folder}: {error.strerror}; name a folder that can be written to") from error
