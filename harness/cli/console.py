"""Where the commands write, and what they say of a run that was judged, as it ended or again.

A rich console on a terminal, plain lines elsewhere. ``NO_COLOR`` is honoured by rich.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from rich.console import Console

from harness.progress import LiveProgress, PlainProgress, Progress
from harness.report.terminal import terminal_lines

if TYPE_CHECKING:  # It brings Temporal's SDK, which not every command needs.
    from harness.experiment.again import Judged


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


def show(judged: Judged) -> None:
    """Verdict, checks, faults and where the report is, on stdout."""
    for line in terminal_lines(judged.record, judged.results, judged.vocabulary, judged.folder / "report.html"):
        click.echo(line)
