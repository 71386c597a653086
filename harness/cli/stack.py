"""`assay up|down|status|logs|clean`: the stack by hand, on the guide's ports. `up` leaves a supervisor that owns it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import click
import psutil

from harness.cli import BEGAN_SECONDS
from harness.cli.console import progress_display
from harness.config import load_config
from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack.containers import by_hand
from harness.stack.containers.sweep import remove_all_of
from harness.stack.processes.ports import require_free
from harness.stack.processes.process import last_lines
from harness.stack.processes.signals import descendants_of
from harness.stack.processes.sweep import end_processes_of, processes_of
from harness.stack.programs.build import provide
from harness.stack.programs.recipes import STACKS, programs_of
from harness.stack.state import StackState, is_alive, ports_of, read_state, stack_folder, state_file, state_of_living

UP_TIMEOUT_SECONDS = 90.0
DOWN_TIMEOUT_SECONDS = 40.0
BY_HAND = (*STACKS, by_hand.STACK)


def _require_stack(context: click.Context, parameter: click.Parameter, stack: str | None) -> None:
    """Refuse to touch a stack that is up and is another than the one that was named."""
    state = read_state(stack_folder(load_config(Path.cwd()).root)) if stack is not None else None
    if state is not None and state.stack != stack:
        raise UsageError(f"the stack that is up is {state.stack!r}, not {stack!r}; `assay status` shows it")


of_stack = click.option(
    "--stack", type=click.Choice(BY_HAND), expose_value=False, callback=_require_stack, help="Refuse any other."
)
"""For the commands that find the stack by the project: whoever names one means that one and no other."""


@click.command()
@click.option("--stack", type=click.Choice(BY_HAND), default="dev", show_default=True, help="What to bring up.")
@click.option("--workers", type=click.IntRange(0, 64), default=2, show_default=True, help="Worker processes to start.")
def up(stack: str, workers: int) -> int:
    """Bring up Temporal, its UI, the world, the API and workers, and leave them running.

    Temporal listens on 127.0.0.1:7233, its UI on http://127.0.0.1:8088, PostgreSQL (stacks `full` and `compose`) on
    127.0.0.1:5433. `assay status` shows the rest.
    """
    config = load_config(Path.cwd())
    folder = stack_folder(config.root)
    state = read_state(folder)
    if state is not None and is_alive(state):
        raise UsageError("a stack is up already; `assay status` shows it, `assay down` ends it")
    if state is not None:
        _sweep(state)  # Its id is forgotten below, and without it nobody finds what it has left.
    for port, purpose in ports_of(stack, workers).items():
        require_free(port, purpose)
    folder.mkdir(parents=True, exist_ok=True)
    state_file(folder).unlink(missing_ok=True)
    stack_id = f"stack-{uuid.uuid4().hex[:12]}"
    command = [sys.executable, "-m", "harness.experiment.supervisor", str(folder), str(config.root), stack_id, stack]
    command += [str(workers), str(BEGAN_SECONDS)]
    if stack != by_hand.STACK:  # That one has its programs in images.
        with progress_display() as progress:
            asyncio.run(provide([program.name for program in programs_of(stack)], progress))
    with (folder / "supervisor.log").open("wb") as log:
        supervisor = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=config.root, start_new_session=True
        )
    try:
        with progress_display() as progress:
            progress.phase("bring up", f"stack {stack}, world, API, {workers} workers")
            asyncio.run(_wait_until_up(folder, supervisor))
    except BaseException:
        # Who gives up, or is told to, leaves nothing: without a supervisor the watchdog ends what there is of a stack.
        supervisor.kill()
        raise
    first = state_of_living(folder).first_workflow_seconds
    code = _show(folder)
    if first is not None:
        click.echo(f"the first workflow was completed {first:.1f} s after the command")
    return code


async def _wait_until_up(folder: Path, supervisor: subprocess.Popen[bytes]) -> None:
    log = folder / "supervisor.log"

    def ready() -> bool:
        if supervisor.poll() is not None:
            raise EnvironmentMissing(f"the stack did not come up:\n{last_lines(log)}")
        return state_file(folder).is_file()

    await eventually(ready, what=f"the stack to come up (log: {log})", timeout_seconds=UP_TIMEOUT_SECONDS)


@click.command()
@of_stack
def down() -> int:
    """End the stack that `assay up` brought up, and everything it started. Data stay; `assay clean` removes them."""
    folder = stack_folder(load_config(Path.cwd()).root)
    state = read_state(folder)
    if state is None:
        click.echo("nothing is up")
        return 0
    if is_alive(state):
        _end(state.supervisor_pid)
    left = _sweep(state)
    state_file(folder).unlink(missing_ok=True)
    click.echo("the stack is down" + (f" ({left})" if left else ""))
    return 0


def _end(supervisor_pid: int) -> None:
    """Ask the supervisor to take everything down, and kill it when that takes too long: its watchdog sweeps then."""
    with contextlib.suppress(psutil.NoSuchProcess):
        supervisor = psutil.Process(supervisor_pid)
        supervisor.terminate()
        try:
            supervisor.wait(timeout=DOWN_TIMEOUT_SECONDS)
        except psutil.TimeoutExpired:
            supervisor.kill()


def _sweep(state: StackState) -> str:
    """End and remove what a stack has left; returns what it was, in words."""
    ended = end_processes_of(state.stack_id)
    removed = remove_all_of(state.stack_id) if state.stack == by_hand.STACK else 0
    words = [f"{ended} left-over processes were ended"] if ended else []
    return ", ".join(words + ([f"{removed} containers, networks and volumes removed"] if removed else []))


@click.command()
@of_stack
def status() -> int:
    """Say what is up, where it listens and which processes it has. Exits with 3 when nothing is up."""
    return _show(stack_folder(load_config(Path.cwd()).root))


@click.command()
@click.argument("name", required=False)
@of_stack
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines until Ctrl-C.")
def logs(name: str | None, follow: bool) -> int:
    """Show the end of the stack's logs, of all or of NAME (temporal, history, world, api, worker-1.1, ...)."""
    folder = stack_folder(load_config(Path.cwd()).root) / "logs"
    files = sorted(folder.glob(f"{name or '*'}.log"))
    if not files:
        raise UsageError(f"no log of {name or 'anything'} in {folder}; `assay up` starts a stack")
    places = {file: max(0, file.stat().st_size - 4000) for file in files}
    while True:
        for file in files:
            places[file] = _print_from(file, places[file])
        if not follow:
            return 0
        time.sleep(0.5)


@click.command()
@of_stack
def clean() -> int:
    """Remove the stack's data and logs, and its volumes. Run directories under runs/ stay."""
    folder = stack_folder(load_config(Path.cwd()).root)
    state = read_state(folder)
    if state is not None and is_alive(state):
        raise UsageError("the stack is up; run `assay down` first")
    if state is not None:
        _sweep(state)  # A container that is left holds its volume.
    volumes = by_hand.remove_data(folder)
    shutil.rmtree(folder, ignore_errors=True)
    click.echo(f"removed {folder}" + (f" and {volumes} volumes" if volumes else ""))
    return 0


def _show(folder: Path) -> int:
    state = read_state(folder)
    if state is None:
        click.echo("nothing is up; `assay up` starts a stack")
        return 3
    if not is_alive(state):
        click.echo("the supervisor is gone; `assay down` cleans up after it")
        return 3
    shown = {"Temporal": f"{state.server} (stack {state.stack})", **state.shown}
    width = max(map(len, shown))
    for what, where in shown.items():
        click.echo(f"{what:<{width}}  {where}")
    for name, value in sorted(state.environment.items()):
        click.echo(f"  {name}={value}")
    family = sorted(processes_of(state.stack_id), key=lambda process: process.pid)
    pids = {process.pid for process in family}
    for process in family:
        with contextlib.suppress(psutil.Error):
            if process.ppid() not in pids:
                click.echo(_process_line(process))
    if state.stack == by_hand.STACK:
        for line in by_hand.lines_of(state.stack_id):
            click.echo(line)
    return 0


def _process_line(process: psutil.Process) -> str:
    """One process with its children, of which PostgreSQL has one for each connection."""
    children = len(descendants_of(process.pid))
    more = f" and {children} children" if children else ""
    memory_mib = process.memory_info().rss / 2**20
    return f"  process {process.pid}{more}  {memory_mib:5.0f} MiB  {' '.join(process.cmdline()[:6])}"


def _print_from(file: Path, place: int) -> int:
    with file.open("rb") as log:
        log.seek(place)
        for line in log.read().decode(errors="replace").splitlines():
            click.echo(f"{file.stem}: {line}")
        return log.tell()
