"""`assay replay`: the gate before a deploy. Can the code go on with what is running?"""

from __future__ import annotations

import click

from harness.cli.replay.check import check
from harness.cli.replay.coverage import coverage
from harness.cli.replay.record import record


@click.group()
def replay() -> None:
    """Can the code go on with the executions that are running? See docs/deploying.md."""


replay.add_command(check)
replay.add_command(coverage)
replay.add_command(record)
