"""``python -m harness.cli.tool [--go-lock FILE] NAME [ARGUMENT]...``: run a program of the gate, for `make lint`.

It is built where it is nowhere. The command exits with the program's own exit code, or with 3 when there is no getting
the program.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from harness.cli.console import progress_display
from harness.errors import AssayError
from harness.stack.programs.tool import provide_tool


@click.command(context_settings={"allow_interspersed_args": False})
@click.option("--go-lock", metavar="FILE", type=click.Path(path_type=Path), help="What brings Go where there is none.")
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def tool(go_lock: Path | None, name: str, arguments: tuple[str, ...]) -> None:
    """Run the program called NAME with these arguments."""
    try:
        with progress_display() as progress:
            program = provide_tool(name, progress, go_lock)
    except AssayError as error:
        click.echo(f"assay: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(subprocess.run([program, *arguments]).returncode)


if __name__ == "__main__":
    tool()
