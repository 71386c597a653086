"""Where the commands write: a rich console on a terminal, plain lines elsewhere. ``NO_COLOR`` is honoured by rich."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import click
from rich.console import Console

from harness.progress import LiveProgress, PlainProgress, Progress


@contextlib.contextmanager
def progress_display() -> Iterator[Progress]:
    """The progress for this terminal: a live line for a person, plain lines for a pipe or CI."""
    console = Console(stderr=True)
    if not console.is_terminal or os.environ.get("CI"):
        yield PlainProgress(lambda line: click.echo(line, err=True))
        return
    live = LiveProgress(console)
    try:
        yield live
    finally:
        live.close()
