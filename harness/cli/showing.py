"""What the commands say of a run that was judged, as it ended or again."""

from __future__ import annotations

import click

from harness.experiment.again import Judged
from harness.report.terminal import terminal_lines


def show(judged: Judged) -> None:
    """Verdict, checks, faults and where the report is, on stdout."""
    for line in terminal_lines(judged.record, judged.results, judged.vocabulary, judged.folder / "report.html"):
        click.echo(line)
