"""PostgreSQL comes back over its data folder, also from a kill, and leaves neither process nor shared memory."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journal
from harness.stack.postgres import Postgres, create_databases, is_ready, query, start_postgres
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.processes.sweep import end_processes_of, processes_of

pytestmark = pytest.mark.full


@dataclass
class Bench:
    """A PostgreSQL of its own run."""

    run_id: str
    folder: Path
    processes: Processes
    singles: Singles
    postgres: Postgres

    async def ask(self, statement: str, database: str = "books") -> str:
        return (await query(self.postgres, database, statement, self.processes, folder=self.folder)).strip()

    def events(self) -> list[str]:
        records = read_journal(self.folder / "journal.jsonl")
        return [record["event"] for record in records if record.get("name") == "postgres"]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    run_id = f"test-postgres-{uuid.uuid4().hex}"
    processes = Processes(run_id, tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    (port,) = free_ports(1)
    made = Bench(run_id, tmp_path, processes, Singles(processes), Postgres(port, tmp_path / "postgres"))
    segments: set[Path] = set()
    try:
        await made.singles.add("postgres", partial(start_postgres, made.postgres, processes, folder=tmp_path))
        await create_databases(made.postgres, ("books",), processes, folder=tmp_path)
        segments = shared_memory(processes_of(run_id))
        yield made
    finally:
        await processes.stop_all(grace_seconds=10.0)
        assert end_processes_of(run_id) == 0
    assert segments
    assert not left(segments)


def shared_memory(family: Iterable[psutil.Process]) -> set[Path]:
    """The shared memory that these processes have mapped, as what is there as long as it exists."""
    found = set()
    for process in family:
        maps = ""
        with contextlib.suppress(FileNotFoundError):  # PostgreSQL's children come and go
            maps = Path(f"/proc/{process.pid}/maps").read_text()
        for line in maps.splitlines():
            *_, inode, name = line.removesuffix(" (deleted)").split(maxsplit=5)
            if "/dev/shm/PostgreSQL" in name:
                found.add(Path(name.strip()))
            elif "/SYSV" in name:
                found.add(Path(f"System V segment {inode}"))
    return found


def left(segments: set[Path]) -> set[Path]:
    """Which of them there still are."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    system_v = {Path(f"System V segment {line.split()[1]}") for line in lines}
    return {segment for segment in segments if segment in system_v or segment.exists()}


async def test_what_was_committed_is_there_after_a_kill_in_the_middle_of_a_session(bench: Bench) -> None:
    await bench.ask("CREATE TABLE invoices (number int)")
    await bench.ask("INSERT INTO invoices SELECT generate_series(1, 500)")
    family = len(processes_of(bench.run_id))
    assert family > 3, "the children belong to the run, though their titles lie over their environment"
    await bench.singles.kill("postgres")
    assert processes_of(bench.run_id) == []
    assert not await is_ready(bench.postgres)
    await bench.singles.start("postgres")
    assert await bench.ask("SELECT count(*) FROM invoices") == "500"
    assert bench.events() == ["started", "killed", "started"]
    assert "immediate shutdown" in (bench.folder / "logs" / "postgres.log").read_text()


async def test_databases_are_created_once(bench: Bench) -> None:
    await create_databases(bench.postgres, ("books", "temporal"), bench.processes, folder=bench.folder)
    await create_databases(bench.postgres, ("books", "temporal"), bench.processes, folder=bench.folder)
    found = await bench.ask("SELECT datname FROM pg_database WHERE datname IN ('books', 'temporal') ORDER BY 1")
    assert found.split() == ["books", "temporal"]


async def test_a_paused_server_answers_nothing_and_goes_on_where_it_was(bench: Bench) -> None:
    bench.singles.pause("postgres")
    assert not await is_ready(bench.postgres)
    bench.singles.resume("postgres")
    await eventually(partial(is_ready, bench.postgres), what="PostgreSQL to go on", timeout_seconds=10)
    assert await bench.ask("SELECT 1") == "1"


async def test_a_refused_statement_is_an_error_that_says_why(bench: Bench) -> None:
    with pytest.raises(EnvironmentMissing, match='relation "nowhere" does not exist'):
        await bench.ask("SELECT * FROM nowhere")


async def test_a_data_folder_is_served_once(bench: Bench, tmp_path: Path) -> None:
    second = Postgres(free_ports(1)[0], bench.postgres.data)
    with pytest.raises(EnvironmentMissing, match=r"serves .* already"):
        await start_postgres(second, bench.processes, folder=tmp_path)


@pytest.mark.parametrize("paused", [False, True])
async def test_nothing_is_left_when_its_starter_is_killed(tmp_path: Path, paused: bool) -> None:
    run_id = f"test-postgres-{uuid.uuid4().hex}"
    starter = f"""
import asyncio, pathlib
from harness.record.journal import FileJournal
from harness.stack.processes.ports import free_ports
from harness.stack.postgres import Postgres, start_postgres
from harness.stack.processes.process import Processes
from harness.stack.processes.watchdog import Watchdog
folder = pathlib.Path({str(tmp_path)!r})
async def main():
    processes = Processes({run_id!r}, folder / "logs", FileJournal(folder / "journal.jsonl", "test"))
    await start_postgres(Postgres(free_ports(1)[0], folder / "postgres"), processes, folder=folder)
    (folder / "up").touch()
    await asyncio.Event().wait()
with Watchdog({run_id!r}):
    asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", starter], stdin=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        await eventually((tmp_path / "up").exists, what="PostgreSQL to be up", timeout_seconds=30)
        family = processes_of(run_id)
        assert len(family) > 3
        segments = shared_memory(family)
        if paused:
            for member in family:
                member.suspend()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    await eventually(lambda: not processes_of(run_id), what="the watchdog to sweep", timeout_seconds=15)
    assert segments
    assert not left(segments)
