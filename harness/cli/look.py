"""`assay ui` and `assay cli`: look into the stack that `assay up` brought up, with Temporal's own UI and command line.

Both only read where things are from what the supervisor left (`harness.stack.state`). Not covered: stacks of runs,
which are gone before anybody could look.
"""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click

from harness.config import load_config
from harness.stack.processes.home import inherited
from harness.stack.programs.binaries import find_binary
from harness.stack.state import StackState, stack_folder, state_of_living

PASS_THROUGH = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.command()
@click.option("--print", "only_print", is_flag=True, help="Only print the address, even where there is a browser.")
def ui(only_print: bool) -> int:
    """Print the address of Temporal's UI, and open it when this is a terminal on a machine with a display."""
    url = state_of_living(stack_folder(load_config(Path.cwd()).root)).shown["UI"]
    click.echo(url)
    if not only_print and sys.stdout.isatty() and _has_display():
        webbrowser.open(url)
    return 0


def _has_display() -> bool:
    """Whether a browser would have a window. Without one, Python falls back on browsers that take the terminal over."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


@click.command(context_settings=PASS_THROUGH, options_metavar="[--tdbg]")
@click.option("--tdbg", is_flag=True, help="Run tdbg instead, the tool for the server's own state.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[--] [ARGUMENT]...")
def cli(tdbg: bool, arguments: tuple[str, ...]) -> int:
    """Run Temporal's command line against the stack that is up, on its namespace. What follows -- is its own.

    \b
    assay cli -- workflow list
    assay cli -- workflow describe -w invoice-INV-0042
    assay cli --tdbg -- workflow describe --wid invoice-INV-0042
    """
    state = state_of_living(stack_folder(load_config(Path.cwd()).root))
    command, environment = invocation(state, arguments, tdbg=tdbg)
    sys.stdout.flush()
    sys.stderr.flush()
    # It takes this process over: its terminal, its signals and its exit code are the CLI's without a middleman.
    os.execve(command[0], command, environment)


def invocation(state: StackState, arguments: Sequence[str], *, tdbg: bool = False) -> tuple[list[str], dict[str, str]]:
    """The command and the environment by which one of the tools finds the stack.

    The user's own settings for Temporal are left out: a profile of theirs may name another cluster.

    :raises EnvironmentMissing: the program is not installed.
    """
    address, namespace = state.server, state.environment["TEMPORAL_NAMESPACE"]
    found = {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_NAMESPACE": namespace,
        "TEMPORAL_CONFIG_FILE": os.devnull,
        "TEMPORAL_CLI_ADDRESS": address,
        "TEMPORAL_CLI_NAMESPACE": namespace,
    }
    return [str(find_binary("tdbg" if tdbg else "temporal")), *arguments], {**inherited(), **found}
