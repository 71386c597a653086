"""Processes that live in containers are watched, paused, killed and stopped like others: with a stand-in for Docker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journal
from harness.stack.containers import fake_docker
from harness.stack.containers.homes import Made
from harness.stack.processes import process
from harness.stack.processes.home import Launch, ThisMachine
from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.processes.restart import Singles

SLEEPER = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit(0)); print('up', flush=True); signal.pause()"


@dataclass
class Bench:
    """Processes in containers of a stand-in engine."""

    folder: Path
    processes: Processes
    home: Made

    async def start(self, name: str = "api", code: str = SLEEPER, **environment: str) -> ManagedProcess:
        managed = await self.processes.start(
            name, [sys.executable, "-c", code], environment=environment, folder=self.folder
        )
        await eventually(
            lambda: managed.log.stat().st_size > managed.log_begins, what=f"{name} to be up", timeout_seconds=30
        )
        return managed

    def events(self) -> list[tuple[str, str]]:
        lines = read_journal(self.folder / "journal.jsonl")
        return [(line["event"], line["detail"]) for line in lines if line["kind"] == "process"]

    def asked(self, verb: str) -> list[list[str]]:
        lines = (self.folder / "engine" / "asked").read_text().splitlines()
        return [words for words in map(json.loads, lines) if words[0] == verb]


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    engine = tmp_path / "engine"
    engine.mkdir()
    shutil.copy(fake_docker.__file__, engine / "fake_docker.py")
    (engine / "docker").write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {engine}/fake_docker.py "$@"\n')
    (engine / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{engine}{os.pathsep}{os.environ['PATH']}")
    journal = FileJournal(tmp_path / "journal.jsonl", "test")
    processes = Processes(f"test-{tmp_path.name}", tmp_path / "logs", journal)
    home = Made("image:1", processes.run_id, (tmp_path,), (tmp_path / "run",), (tmp_path / "code",))
    yield Bench(tmp_path, processes.at(home), home)
    await processes.stop_all(grace_seconds=2.0)
    journal.close()


async def test_a_killed_container_is_gone_with_its_exit_code(bench: Bench) -> None:
    managed = await bench.start()
    assert managed.pid != managed.process.pid
    await bench.processes.kill(managed)
    assert managed.signals.gone()
    assert bench.events() == [("started", ""), ("killed", "exit code 137")]
    assert [words[1:3] for words in bench.asked("kill")] == [["--signal", "KILL"]]


async def test_a_container_is_paused_and_goes_on(bench: Bench) -> None:
    singles = Singles(bench.processes)
    await singles.add("api", bench.start)
    pid = singles.pause("api")
    assert singles.stands_still("api")
    singles.resume("api")
    singles.resume("api")
    assert not singles.stands_still("api")
    assert (len(bench.asked("pause")), len(bench.asked("unpause"))) == (1, 1)
    assert pid > 0


async def test_a_paused_container_is_killed_and_stopped_all_the_same(bench: Bench) -> None:
    killed, stopped = await bench.start("one"), await bench.start("two")
    for managed in (killed, stopped):
        managed.signals.send(signal.SIGSTOP)
    await bench.processes.kill(killed)
    assert await bench.processes.stop(stopped, grace_seconds=10.0)
    assert bench.events()[2:] == [("killed", "exit code 137"), ("stopped", "exit code 0")]


async def test_one_that_ends_by_itself_has_died_and_signals_find_nobody(bench: Bench) -> None:
    managed = await bench.start("api", "print('up', flush=True); exit(3)")
    await managed.exited.wait()
    managed.signals.send(signal.SIGSTOP)
    managed.signals.send(signal.SIGKILL)
    assert not managed.signals.stands_still()
    assert bench.events() == [("started", ""), ("died", "exit code 3")]


async def test_an_engine_that_says_nothing_is_no_evidence(bench: Bench) -> None:
    """Neither that a container is gone, nor that it goes on, nor that it took a signal."""
    managed = await bench.start()
    silent = bench.folder / "engine" / "silent"
    silent.touch()
    for call in (
        managed.signals.gone,
        managed.signals.stands_still,
        partial(managed.signals.send, signal.SIGSTOP),
        partial(managed.signals.send, signal.SIGKILL),
    ):
        with pytest.raises(EnvironmentMissing, match="Cannot connect to the Docker daemon"):
            call()
    with pytest.raises(EnvironmentMissing, match="Cannot connect to the Docker daemon"):
        await bench.processes.kill(managed)
    silent.unlink()
    assert not managed.signals.gone()


async def test_no_engine_keeps_a_run_from_its_end(bench: Bench) -> None:
    managed, other = (
        await bench.start("one"),
        await bench.processes.at(ThisMachine()).start("other", [sys.executable, "-c", SLEEPER], folder=bench.folder),
    )
    silent = bench.folder / "engine" / "silent"
    silent.touch()
    with pytest.raises(EnvironmentMissing, match="Cannot connect to the Docker daemon"):
        await bench.processes.stop_all(grace_seconds=2.0, last=[["one"]])
    assert not managed.alive
    assert not other.alive
    silent.unlink()
    managed.signals.send(signal.SIGKILL)


async def test_a_client_that_ends_does_not_take_its_container_for_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "KILL_GRACE_SECONDS", 0.5)
    managed = await bench.start()
    managed.process.kill()
    await managed.exited.wait()
    with pytest.raises(EnvironmentMissing, match=r"for api \(process \d+\) and its children to be gone"):
        await bench.processes.kill(managed)
    managed.signals.send(signal.SIGKILL)


async def test_it_comes_back_in_a_container_of_another_name(bench: Bench) -> None:
    singles = Singles(bench.processes)
    await singles.add("api", bench.start)
    before = await singles.kill("api")
    await singles.start("api")
    names = [words[words.index("--name") + 1] for words in bench.asked("create")]
    assert names == [f"{bench.processes.run_id}-api-{number}" for number in (1, 2)]
    assert singles.pause("api") != before
    singles.resume("api")


async def test_values_of_the_environment_stay_out_of_the_arguments(bench: Bench) -> None:
    await bench.start("api", PASSWORD_SECRET="open-sesame", PYTHONPATH="/version")
    [words] = bench.asked("create")
    assert "PASSWORD_SECRET" in words
    assert "PYTHONPATH" in words
    assert "open-sesame" not in " ".join(words)


async def test_folders_are_at_the_same_place_and_only_the_record_can_be_written(bench: Bench) -> None:
    await bench.start()
    [words] = bench.asked("create")
    mounts = [words[place + 1] for place, word in enumerate(words) if word == "--volume"]
    here = bench.folder.resolve()
    assert mounts == [f"{here}:{here}:ro", f"{here}/run:{here}/run:rw"]
    assert words[words.index("--entrypoint") + 1 :][:2] == ["python3", "image:1"]
    assert words[words.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"


async def test_a_folder_behind_a_link_is_where_it_is_written_and_where_it_is(bench: Bench) -> None:
    """A process is told the first; without it, it would take the image's code and write where nobody reads."""
    here, link = bench.folder.resolve(), bench.folder / "link"
    (bench.folder / "checkout").mkdir()
    link.symlink_to("checkout")
    words = Made("image:1", "run", (link,), (link / "run",)).arguments("name", Launch("api", ["true"], {}, link))
    mounts = [words[place + 1] for place, word in enumerate(words) if word == "--volume"]
    pairs = [
        (f"{here}/link", "ro"),
        (f"{here}/checkout", "ro"),
        (f"{here}/link/run", "rw"),
        (f"{here}/checkout/run", "rw"),
    ]
    assert mounts == [f"{place}:{place}:{access}" for place, access in pairs]


async def test_a_claim_in_another_script_makes_a_name_all_the_same(bench: Bench) -> None:
    home = Made("image:1", "1-Zahlung läuft-7")
    await bench.processes.at(home).start("api", [sys.executable, "-c", ""], folder=bench.folder)
    [words] = bench.asked("create")
    assert words[words.index("--name") + 1] == "1-Zahlung-l-uft-7-api-1"
    assert "assay.run=1-Zahlung läuft-7" in words


async def test_a_container_shares_what_its_process_is_told_of_and_is_of_an_image_that_is_here(bench: Bench) -> None:
    """Addresses are this machine's, and the id that a worker writes down is the one that is killed."""
    await bench.start()
    [words] = bench.asked("create")
    options = {word: words[place + 1] for place, word in enumerate(words) if word.startswith("--")}
    assert (options["--network"], options["--pid"], options["--pull"]) == ("host", "host", "never")
    assert options["--label"] == f"assay.run={bench.processes.run_id}"


async def test_its_client_is_of_the_run_and_of_this_user(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep finds it by the run's id, and it finds its engine by the user's settings."""
    monkeypatch.setenv("DOCKER_CONTEXT", "mine")
    launch = Launch("api", ["true"], {"ASSAY_RUN_ID": "run-7", "PASSWORD_SECRET": "open-sesame"}, bench.folder)
    attached = await bench.home.prepare(launch)
    assert (attached.environment["ASSAY_RUN_ID"], attached.environment["DOCKER_CONTEXT"]) == ("run-7", "mine")
    assert "PASSWORD_SECRET" not in attached.environment


async def test_one_that_was_killed_while_it_was_paused_is_not_let_go_on(bench: Bench) -> None:
    managed = await bench.start()
    for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGCONT):
        managed.signals.send(number)
    assert bench.asked("unpause") == []


async def test_python_looks_behind_what_a_process_names_for_the_rest(bench: Bench) -> None:
    show = "import os; print(os.environ['PYTHONPATH'], flush=True)"
    named = await bench.start("named", show, PYTHONPATH="/version")
    unnamed = await bench.start("unnamed", show)
    for managed, told in ((named, f"/version{os.pathsep}{bench.folder}/code"), (unnamed, f"{bench.folder}/code")):
        await managed.exited.wait()
        assert managed.log.read_text().strip() == told
