"""A single process is killed by name and comes back the same; names the stack does not have are refused."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.record.journal import FileJournal
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.processes.sweep import processes_of

SLEEPER = (sys.executable, "-c", "import signal; signal.pause()")


async def test_kill_and_start_again(tmp_path: Path) -> None:
    run_id = f"test-restart-{tmp_path.name}"
    processes = Processes(run_id, tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    singles = Singles(processes)
    await singles.add("api", partial(processes.start, "api", SLEEPER, folder=tmp_path))
    (before,) = processes_of(run_id)
    assert await singles.kill("api") == before.pid
    assert processes_of(run_id) == []
    await singles.start("api")
    await singles.start("api")
    (after,) = processes_of(run_id)
    assert after.pid != before.pid
    await processes.stop_all(grace_seconds=1.0)
    assert processes_of(run_id) == []


async def test_a_name_that_the_stack_does_not_have_is_refused(tmp_path: Path) -> None:
    singles = Singles(Processes("test", tmp_path, FileJournal(tmp_path / "journal.jsonl", "test")))
    with pytest.raises(UsageError, match="no process called 'postgres'"):
        await singles.kill("postgres")
