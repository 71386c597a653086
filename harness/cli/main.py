"""The entry point: the group of commands, and the one place where outcomes become exit codes.

0 VALID · 1 INVALID · 2 usage or configuration · 3 environment not available · 4 UNKNOWN · 5 a defect in Assay itself ·
130 interrupted. A traceback never ends in 1, so that nobody takes a defect of ours for a broken promise.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from harness.errors import AssayError
from harness.rundir import versions

EXIT_CODES = """\b
Exit codes:
  0    VALID: every promise was kept, with evidence
  1    INVALID: a promise was broken
  2    the command or the configuration is wrong
  3    this machine lacks a part of the stack
  4    UNKNOWN: nothing is proved either way
  5    a defect in Assay itself
  130  interrupted; everything was healed and stopped
"""


# Each command is a name in the module that has it.
COMMANDS = {
    "run": "harness.cli.run",
    "mutants": "harness.cli.mutants",
    "check": "harness.cli.check",
    "report": "harness.cli.check",
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


class Commands(click.Group):
    """Imports a command when it is asked for: what all of them need together takes longer than `assay status`."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, as the help shows them."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        if name not in COMMANDS:
            return None
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
    """Run the command line and end the process with the exit code of the table above."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Commands return theirs; errors carry theirs."""
    try:
        code = assay.main(args=arguments, prog_name="assay", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except AssayError as error:
        click.echo(f"assay: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, asyncio.CancelledError, click.Abort):
        click.echo("assay: interrupted; everything is healed and stopped", err=True)
        return 130
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 5
    except BaseException as error:
        if known := _known(error):
            click.echo(f"assay: {known}", err=True)
            return known.exit_code
        click.echo("assay: a defect in Assay itself (not a broken promise of your application):", err=True)
        traceback.print_exc()
        return 5


def _known(error: BaseException) -> AssayError | None:
    """The error of ours inside a task group's bundle, when that is all the bundle holds."""
    if isinstance(error, AssayError):
        return error
    if isinstance(error, BaseExceptionGroup):
        found = [_known(inner) for inner in error.exceptions]
        return found[0] if all(found) else None
    return None
