"""Builds with a toolchain that only pretends, and once with the real one."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import psutil
import pytest

from harness.errors import EnvironmentMissing, HarnessDefect
from harness.poll import eventually
from harness.progress import NoProgress, PlainProgress
from harness.stack.programs.binaries import cache_folder, cached, find_binary, version_of
from harness.stack.programs.build import build, provide
from harness.stack.programs.recipes import PROGRAMS
from harness.stack.programs.testing_programs import WORKING, fake_go, only_here, prints_version

CLI = PROGRAMS["toxiproxy-cli"]
GOOD = WORKING.format(version=CLI.version)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    only_here(monkeypatch, tmp_path)
    # The scripts need the shell's own programs; the real ones of these are of no version that is looked for.
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    return tmp_path


def use(monkeypatch: pytest.MonkeyPatch, go: Path) -> None:
    monkeypatch.setenv("ASSAY_GO_BIN", str(go))


async def test_what_is_missing_is_built_into_the_cache(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake_go(machine, GOOD))
    said: list[str] = []
    found = await provide([CLI.name], PlainProgress(said.append))
    assert found == {CLI.name: cached(CLI)}
    assert find_binary(CLI.name) == cached(CLI)
    assert not (cache_folder() / "building").exists()
    assert "build toxiproxy-cli 2.12.0" in said[0]
    assert await provide([CLI.name], NoProgress()) == found
    assert len((machine / "calls").read_text().splitlines()) == 1


async def test_two_at_once_build_it_once(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake_go(machine, f"sleep 0.3; {GOOD}"))
    assert set(await asyncio.gather(*(build(CLI, NoProgress()) for _ in range(3)))) == {cached(CLI)}
    assert len((machine / "calls").read_text().splitlines()) == 1


async def test_an_interrupted_build_leaves_nothing_half(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake_go(machine, 'echo half > "$made"; chmod +x "$made"; sleep 300 & wait'))
    task = asyncio.create_task(build(CLI, NoProgress()))
    calls = machine / "calls"
    half = await eventually(
        lambda: calls.is_file() and calls.read_text().strip(), what="the build to begin", timeout_seconds=60
    )
    await eventually(lambda: Path(str(half)).is_file(), what="half a program", timeout_seconds=60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not cached(CLI).exists()
    assert not (cache_folder() / "building").exists()
    await eventually(lambda: not working_in(machine), what="the compilers to be gone", timeout_seconds=60)
    use(monkeypatch, fake_go(machine, GOOD))
    assert await build(CLI, NoProgress()) == cached(CLI)


def working_in(folder: Path) -> list[psutil.Process]:
    """The processes whose Go environment points into this folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("GOTMPDIR", "").startswith(str(folder)):
                found.append(process)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


async def test_what_a_killed_build_left_is_swept(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prints_version(cache_folder() / "building" / "old" / CLI.name, "2.11.0")
    use(monkeypatch, fake_go(machine, GOOD))
    await build(CLI, NoProgress())
    assert sorted(path.name for path in cache_folder().iterdir()) == ["build.lock", "logs", CLI.name]


async def test_a_program_of_another_version_is_not_put_in_place(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake_go(machine, WORKING.format(version="2.11.0")))
    with pytest.raises(HarnessDefect, match=r"built as version 2\.11\.0, not 2\.12\.0"):
        await build(CLI, NoProgress())
    assert not cached(CLI).exists()


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("x.go:1:2: undefined: y", "it does not build"),
        ("go: some.example/m@v1: dial tcp 127.0.0.1:1: connect: connection refused", "no module proxy answers"),
        ("go: some.example/m@v1: reading list: 502 Bad Gateway", "no module proxy answers"),
        ("go: module lookup disabled by GOPROXY=off", "no module proxy answers"),
        ("write a.o: no space left on device", "the disk is full"),
    ],
)
async def test_a_failed_build_says_why_and_where_the_log_is(
    machine: Path, monkeypatch: pytest.MonkeyPatch, says: str, reason: str
) -> None:
    use(monkeypatch, fake_go(machine, f"echo '{says}' >&2; exit 1"))
    with pytest.raises(EnvironmentMissing) as caught:
        await build(CLI, NoProgress())
    log = cache_folder() / "logs" / "toxiproxy-cli-2.12.0.log"
    assert reason in str(caught.value)
    assert says in str(caught.value)
    assert str(log) in str(caught.value)
    assert says in log.read_text()


async def test_a_build_that_was_killed_says_so(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fake_go(machine, "kill -9 $$"))
    with pytest.raises(EnvironmentMissing, match="ended by SIGKILL"):
        await build(CLI, NoProgress())


async def test_what_cannot_be_built_is_named_before_anything_is(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine / "path"))
    use(monkeypatch, fake_go(machine, GOOD))
    with pytest.raises(EnvironmentMissing, match=r"postgres 18\.6 is not installed.*make setup"):
        await provide([CLI.name, "postgres"], NoProgress())
    assert not (machine / "calls").exists()


@pytest.mark.full
@pytest.mark.timeout(600)
async def test_the_real_toolchain_builds_the_real_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))
    made = await build(CLI, NoProgress())
    assert made == tmp_path / "toxiproxy-cli" / "2.12.0" / "toxiproxy-cli"
    assert version_of(made) == "2.12.0"
    assert not (tmp_path / "building").exists()
