"""`assay schedules calendar`: when the server will start a schedule, as it computes it itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from harness.application.contract import Application, load_application
from harness.cli.schedules.clocks import Change, changes
from harness.cli.schedules.instants import instants_of
from harness.cli.schedules.options import server_options
from harness.cli.schedules.server import connected, found
from harness.config import load_config
from harness.errors import EnvironmentMissing, UsageError
from harness.names import nearest_first
from harness.verdict import counted

DAYS = 31
LOCAL, IN_UTC = "%a %Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%SZ"


@click.command()
@click.argument("name")
@click.option(
    "--from", "since", metavar="TIME", help="From when on, such as 2027-01-01 or 2027-01-01T06:00 (default: now)."
)
@click.option("--to", "until", metavar="TIME", help=f"Until when (default: {DAYS} days later).")
@server_options
def calendar(name: str, since: str | None, until: str | None, address: str | None, namespace: str | None) -> int:
    """Print when the server will start the schedule NAME, in its time zone and in UTC.

    The server computes the instants, with the jitter that it will add; so the schedule has to be applied. Both ends are
    included. A time without an offset is one of the schedule's zone. A line says where the clocks of the zone are
    changed: a time of day that is left out starts nothing on that day, and one that comes twice starts once.
    """
    app = load_application(load_config(Path.cwd()).app)
    lines = asyncio.run(_calendar(app, name, since, until, address, namespace))
    for line in lines:
        click.echo(line)
    return 0


async def _calendar(
    app: Application, name: str, since: str | None, until: str | None, address: str | None, namespace: str | None
) -> list[str]:
    async with connected(app, address, namespace) as client:
        there = await found(client, name)
        if there is None:
            raise UsageError(_unknown(app, name))
        zone = _zone(name, there.description.schedule.spec.time_zone_name or "UTC")
        first = _instant("--from", since, zone) if since else datetime.now(UTC).replace(microsecond=0)
        last = _instant("--to", until, zone) if until else first + timedelta(days=DAYS)
        if last <= first:
            raise UsageError(f"--to {last.astimezone(zone)} is not later than --from {first.astimezone(zone)}")
        instants = [each async for each in instants_of(client, name, first, last)]
    return list(_lines(name, zone, instants, list(changes(zone, first, last))))


def _unknown(app: Application, name: str) -> str:
    if name in app.schedules:
        return f"the server does not have {name!r} yet: assay schedules apply"
    return f"the server has no schedule {name!r}; the application offers {nearest_first(name, app.schedules)}"


def _zone(name: str, zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        told = f"{name}: its time zone {zone!r} is not on this machine: pip install tzdata, or your system's package"
        raise EnvironmentMissing(told) from error


def _instant(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: write a day or an instant, such as 2027-01-01T06:00+03:00") from error
    try:
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise UsageError(f"{option} {text}: no calendar goes so far") from error


def _lines(name: str, zone: ZoneInfo, instants: Sequence[datetime], changed: Sequence[Change]) -> Iterator[str]:
    yield f"{name}, in {zone.key} and in UTC"
    # What happens at the instant of a change happens after it.
    told = [(each.instant, 0, _told(each, zone)) for each in changed]
    told += [
        (each, 1, f"  {each.astimezone(zone):{LOCAL}}   {each:{IN_UTC}}{_second(each, zone)}") for each in instants
    ]
    for _, _, line in sorted(told):
        yield line
    yield counted(len(instants), "start", "starts")


def _second(instant: datetime, zone: ZoneInfo) -> str:
    """The same time of day has been there before on this day."""
    return "   the second of the two" if instant.astimezone(zone).fold else ""


def _told(change: Change, zone: ZoneInfo) -> str:
    last = (change.instant - timedelta(seconds=1)).astimezone(zone)
    shown = last + timedelta(seconds=1)  # as clocks that nobody had changed would show it
    what = "daylight saving ends" if change.ends_daylight_saving else "the clocks are changed"
    what = "daylight saving begins" if change.begins_daylight_saving else what
    after = change.instant.astimezone(zone)
    return f"  --- {what}: {shown:%a %Y-%m-%d %H:%M:%S} becomes {after:%H:%M:%S} ({last:%z} to {after:%z}) ---"
