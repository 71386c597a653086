"""`assay schedules apply`: has the server keep the schedules that the application offers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
from temporalio.client import Client, Schedule, ScheduleUpdate, ScheduleUpdateInput
from temporalio.service import RPCError

from harness.application.contract import Application, load_application
from harness.cli.schedules.fields import BY_HAND, Difference, differences, fields_of
from harness.cli.schedules.options import server_options
from harness.cli.schedules.server import CALL, MARK, Found, applied_by, connected, found, refusal
from harness.cli.schedules.wanted import schedules_of
from harness.config import load_config
from harness.errors import UsageError


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--prune", is_flag=True, help="Delete what was applied for this application and is not offered any more.")
@server_options
def apply(dry_run: bool, prune: bool, address: str | None, namespace: str | None) -> int:
    """Create the schedules of `app.schedules` that are missing, and change those that differ.

    A second time it does nothing. It never touches a schedule that it has not created for this application, and one
    that was paused by hand stays so. Each that was created or changed is read back; what the server does not keep as it
    was told is an error.

    It ends with 2 where the server refuses one (the others are applied all the same), and with 3 where no server is.
    """
    app = load_application(load_config(Path.cwd()).app)
    refused = asyncio.run(_apply(app, address, namespace, dry_run=dry_run, prune=prune))
    if refused:
        raise UsageError("\n  ".join([f"{app.name}: not all schedules are applied:", *refused]))
    return 0


async def _apply(
    app: Application, address: str | None, namespace: str | None, *, dry_run: bool, prune: bool
) -> list[str]:
    """The refusals."""
    wanted = await schedules_of(app, os.environ)
    refused = []
    async with connected(app, address, namespace) as client:
        for name, schedule in wanted.items():
            try:
                told = await _apply_one(client, app.name, name, schedule, dry_run)
            except RPCError as error:
                told = refusal(error)
            if told:
                refused.append(f"{name}: {told}")
        for name in [name for name in await applied_by(client, app.name) if name not in wanted]:
            if prune and not dry_run:
                await client.get_schedule_handle(name).delete(rpc_timeout=CALL)
            done = ("would be deleted" if dry_run else "deleted") if prune else "left"
            click.echo(f"{done:16}  {name}: not offered any more" + ("" if prune else "; --prune deletes it"))
    if not wanted:
        click.echo(f"{app.name} offers no schedules; `app.schedules` would (docs/schedules.md)")
    return refused


async def _apply_one(client: Client, owner: str, name: str, schedule: Schedule, dry_run: bool) -> str:
    """Create or change one, and say so. What comes back is why it is not as it should be, if it is not."""
    there = await found(client, name)
    if there is None:
        if not dry_run:
            await client.create_schedule(name, schedule, memo={MARK: owner}, rpc_timeout=CALL)
        click.echo(f"{'would be created' if dry_run else 'created':16}  {name}")
    elif there.owner != owner:
        return belongs_to(there, name)
    elif differing := await _differing(client, schedule, there):
        if not dry_run:
            await _change(client, name, schedule)
        click.echo(f"{'would be changed' if dry_run else 'changed':16}  {name}")
        for each in differing:
            click.echo(f"{'':16}    {each.field}: {each.has} → {each.said}")
    else:
        click.echo(f"{'unchanged':16}  {name}")
        dry_run = True
    if there and there.description.schedule.state.paused:
        click.echo(f"{'':16}    paused on the server, and left so: temporal schedule toggle --unpause -s {name}")
    if dry_run:
        return ""
    now = await found(client, name)
    left = await _differing(client, schedule, now) if now else []
    kept = ", ".join(f"{each.field} {each.has} instead of {each.said}" for each in left)
    return f"the server keeps {kept}; say in app.schedules what it keeps" if kept else ""


def belongs_to(there: Found, name: str) -> str:
    """What is said of a schedule that this application did not apply."""
    by = f"{there.owner} applied it" if there.owner else "it was not made by `assay schedules apply`"
    return f"{by}, so it is left alone: give yours another name, or delete it (temporal schedule delete -s {name})"


async def _change(client: Client, name: str, schedule: Schedule) -> None:
    def changed(now: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(Schedule(schedule.action, schedule.spec, schedule.policy, now.description.schedule.state))

    await client.get_schedule_handle(name).update(changed, rpc_timeout=CALL)


async def _differing(client: Client, schedule: Schedule, there: Found) -> list[Difference]:
    """What differs, but for what is set by hand."""
    said = await fields_of(schedule, client.data_converter)
    has = await fields_of(there.description.schedule, client.data_converter)
    return [each for each in differences(said, has) if each.field not in BY_HAND]
