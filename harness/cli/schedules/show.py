"""`assay schedules show`: where the server has something else than the application says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import click
from temporalio.client import Client, Schedule

from harness.application.contract import Application, load_application
from harness.cli.schedules.apply import belongs_to
from harness.cli.schedules.fields import differences, fields_of
from harness.cli.schedules.options import server_options
from harness.cli.schedules.server import applied_by, connected, found
from harness.cli.schedules.wanted import schedules_of
from harness.config import load_config
from harness.verdict import Verdict, counted

SAME, DIFFERS, MISSING, LEFT = "same", "differs", "missing", "left over"


@click.command()
@server_options
def show(address: str | None, namespace: str | None) -> int:
    """Compare each schedule of `app.schedules` with the server's, field by field. Nothing is changed.

    It ends with 1 where anything differs: a field, a schedule that is missing, paused or not offered any more.
    """
    app = load_application(load_config(Path.cwd()).app)
    drifted = asyncio.run(_show(app, address, namespace))
    if not app.schedules:
        click.echo(f"{app.name} offers no schedules; `app.schedules` would (docs/schedules.md)")
    elif not drifted:
        click.echo(f"No drift: the server has {counted(len(app.schedules), 'schedule', 'schedules')} as they are said.")
    return Verdict.INVALID.exit_code if drifted else 0


async def _show(app: Application, address: str | None, namespace: str | None) -> bool:
    """Whether anything differs."""
    wanted = await schedules_of(app, os.environ)
    drifted = False
    async with connected(app, address, namespace) as client:
        for name, schedule in wanted.items():
            state, *lines = [each async for each in _compared(client, app.name, name, schedule)]
            drifted |= state != SAME
            click.echo(f"{state:9}  {name}")
            for line in lines:
                click.echo(f"{'':9}    {line}")
        for name in await applied_by(client, app.name):
            if name not in wanted:
                drifted = True
                click.echo(f"{LEFT:9}  {name}: not offered any more; assay schedules apply --prune deletes it")
    return drifted


async def _compared(client: Client, owner: str, name: str, schedule: Schedule) -> AsyncIterator[str]:
    """What it is, and a line for each way in which it is something else."""
    there = await found(client, name)
    if there is None:
        yield MISSING
        yield "assay schedules apply creates it"
        return
    said = await fields_of(schedule, client.data_converter)
    has = await fields_of(there.description.schedule, client.data_converter)
    differing = differences(said, has)
    yield DIFFERS if differing or there.owner != owner else SAME
    if there.owner != owner:
        yield belongs_to(there, name)
    for each in differing:
        yield f"{each.field}: the application says {each.said}, the server has {each.has}"
    if note := there.description.schedule.state.note:
        yield f"note on the server: {note}"
