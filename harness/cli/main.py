"""The entry point: the group of commands, and the one place where outcomes become exit codes.

0 VALID · 1 INVALID · 2 usage or configuration · 3 environment not available · 4 UNKNOWN · 5 a defect in Assay itself ·
130 interrupted · 141 nobody reads what the command says any more, as a shell says it of SIGPIPE. A traceback never ends
in 1, so that nobody takes a defect of ours for a broken promise.
"""

from __future__ import annotations

import asyncio
import errno
import importlib
import io
import os
import select
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

import click

from harness.application.project import put_on_path, require_own_names
from harness.cli.interruption import heed_sigterm
from harness.errors import AssayError, EnvironmentMissing, UsageError
from harness.names import nearest_first
from harness.record.rundir import versions

EXIT_CODES = """\b
Exit codes:
  0    VALID: every promise was kept, with evidence
  1    INVALID: a promise was broken
  2    the command or the configuration is wrong
  3    this machine lacks a part of the stack
  4    UNKNOWN: nothing is proved either way
  5    a defect in Assay itself
  130  interrupted; everything was healed and stopped
  141  the pipe that the command writes into was closed; this is not a verdict
"""
PIPE_CLOSED = 141
ENDING_SECONDS = 5
"""How long what the project's modules have begun may keep a command from ending."""
# What ends a command for a reason that is this machine's: a full disk, a folder that is not ours to write in.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE)


# Each command is a name in the module that has it.
COMMANDS = {
    "run": "harness.cli.run",
    "mutants": "harness.cli.mutants",
    "simulate": "harness.cli.simulate",
    "check": "harness.cli.check",
    "report": "harness.cli.check",
    "replay": "harness.cli.replay",
    "schedules": "harness.cli.schedules",
    "resilience": "harness.cli.resilience",
    "generate": "harness.cli.generate",
    "up": "harness.cli.stack",
    "down": "harness.cli.stack",
    "status": "harness.cli.stack",
    "logs": "harness.cli.stack",
    "ui": "harness.cli.look",
    "cli": "harness.cli.look",
    "clean": "harness.cli.stack",
    "bench": "harness.cli.bench",
    "load": "harness.cli.load",
    "doctor": "harness.cli.doctor",
}


class PipeClosed(AssayError):
    """Nobody reads what the command says any more."""

    exit_code = PIPE_CLOSED


class Commands(click.Group):
    """Imports a command when it is asked for: what all of them need together takes longer than `assay status`."""

    def invoke(self, context: click.Context) -> object:
        """Run the command. A closed pipe is told here, because click would end it with 1, which says INVALID."""
        try:
            return super().invoke(context)
        except BrokenPipeError as error:
            if _is_closed(sys.stdout) or _is_closed(sys.stderr):
                raise PipeClosed("the pipe was closed") from error
            raise

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, as the help shows them."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command:
        """The command of this name.

        :raises click.UsageError: there is none; the message names those there are.
        """
        if name not in COMMANDS:
            context.fail(f"No such command {name!r}. There are {nearest_first(name, sorted(COMMANDS))}.")
        command: click.Command = getattr(importlib.import_module(COMMANDS[name]), name)
        return command


@click.group(
    cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(message="%(version)s", version=versions().get("temporal-assay", "unknown"))
def assay() -> None:
    """Try Temporal workflows to destruction, and say with evidence whether they keep their promises.

    Start with `assay run --list`, which names the claims, and `assay run worker-killed`, which tries one.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line for the project it stands in, and end the process with the exit code of the table above.

    SIGTERM interrupts every command in the way of Ctrl-C: what it has started is stopped with it. Another SIGTERM
    meanwhile changes nothing.
    """
    heed_sigterm()
    _take_any_text()
    code = exit_code(arguments, before=_stand_in_the_project)
    for stream in (sys.stdout, sys.stderr):
        if _is_closed(stream):
            # What is left in the buffer has no reader; the interpreter would complain of it at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if arguments is None:
        _end_in_time(code)
    sys.exit(code)


def _end_in_time(code: int) -> None:
    """Have the process end with its code, even where a thread that the project's modules have begun never does."""

    def end() -> None:
        time.sleep(ENDING_SECONDS)
        running = ", ".join(thread.name for thread in threading.enumerate() if _keeps_running(thread))
        click.echo(
            f"assay: ended all the same: {running} did not within {ENDING_SECONDS} s; "
            "begin it as a daemon (threading.Thread(…, daemon=True)), or not where a module is imported",
            err=True,
        )
        sys.stdout.flush()
        os._exit(code)

    if any(map(_keeps_running, threading.enumerate())):
        threading.Thread(target=end, daemon=True).start()


def _keeps_running(thread: threading.Thread) -> bool:
    return not thread.daemon and thread is not threading.main_thread()


def _take_any_text() -> None:
    """What cannot be written, such as a file's name that is no UTF-8, is written as ``\\udc80``, and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stand_in_the_project() -> None:
    try:
        here = Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the folder that this command is called in is gone; change to one that is there") from error
    require_own_names(here)
    put_on_path(here)


def exit_code(arguments: Sequence[str] | None = None, *, before: Callable[[], None] = lambda: None) -> int:
    """Run the command line and return its exit code. Commands return theirs; errors carry theirs.

    :param before: what has to be done first, and may go wrong in the same ways.
    """
    try:
        before()
        code = assay.main(args=arguments, prog_name="assay", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except PipeClosed as error:
        return error.exit_code
    except AssayError as error:
        click.echo(f"assay: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, asyncio.CancelledError, click.Abort):
        click.echo("assay: interrupted; everything is healed and stopped", err=True)
        return 130
    except SystemExit as error:
        if isinstance(error.code, str):
            click.echo(f"assay: {error.code}", err=True)
        return error.code if isinstance(error.code, int) else 5
    except BaseException as error:
        if known := _known(error):
            click.echo(f"assay: {known}", err=True)
            return known.exit_code
        click.echo("assay: a defect in Assay itself (not a broken promise of your application):", err=True)
        traceback.print_exc()
        return 5


def _is_closed(stream: TextIO) -> bool:
    """Whether the stream is a pipe that nobody reads any more."""
    poll = select.poll()
    try:
        poll.register(stream.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _known(error: BaseException) -> AssayError | None:
    """The error that is ours or the disk's, also inside a task group's bundle when that is all the bundle holds."""
    if isinstance(error, AssayError):
        return error
    if isinstance(error, OSError) and error.errno in DISK:
        where = f"{error.filename}: " if error.filename else ""
        return EnvironmentMissing(f"{where}{error.strerror}")
    if isinstance(error, BaseExceptionGroup):
        found = [_known(inner) for inner in error.exceptions]
        return found[0] if all(found) else None
    return None
