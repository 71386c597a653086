"""`assay schedules`: the schedules that the application offers, beside those that the server has."""

from __future__ import annotations

import click

from harness.cli.schedules.apply import apply
from harness.cli.schedules.calendar import calendar
from harness.cli.schedules.show import show


@click.group()
def schedules() -> None:
    """Put the schedules of `app.schedules` on a server, and see what it makes of them. See docs/schedules.md.

    \b
    assay schedules apply --dry-run     what would be created and changed
    assay schedules apply               create and change it
    assay schedules show                where the server has something else: 1 where it has
    assay schedules calendar NAME       when the server will start it, in its time zone and in UTC

    The server is the one that TEMPORAL_* and temporal.toml name, as for your workers.
    """


schedules.add_command(apply)
schedules.add_command(show)
schedules.add_command(calendar)
