"""``python -m harness.cli.containers.images [NAME]...``: builds the stand-ins, for `make images`.

Those that did not change are left as they are. It exits with 3 where Docker, a program or a package is missing.
"""

from __future__ import annotations

import asyncio
import sys

import click

from harness.cli.console import progress_display
from harness.errors import AssayError
from harness.stack.docker import daemon_version
from harness.stack.images.stand_ins import STAND_INS, build_stand_ins
from harness.stack.images.table import IMAGES
from harness.stack.programs.build import provide
from harness.stack.programs.recipes import programs_of


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(STAND_INS)))
def images(names: tuple[str, ...]) -> None:
    """Build stand-ins for the images of the compose files, all or those of these NAMES, where they cannot be pulled."""
    try:
        daemon_version()
        with progress_display() as progress:
            asyncio.run(provide([program.name for program in programs_of("full")], progress))
            built = build_stand_ins(progress, only=names)
    except AssayError as error:
        click.echo(f"assay: {error}", err=True)
        sys.exit(error.exit_code)
    for name, changed in built.items():
        click.echo(f"{'built' if changed else 'unchanged':10}{IMAGES[name].stand_in}")


if __name__ == "__main__":
    images()
