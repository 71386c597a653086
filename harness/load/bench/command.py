"""`assay bench load`: runs the bench, prints its table, and exits with 1 when a bound is broken.

Data flow: `assay bench` finds the command by name (``harness.load.benches``) → **command** → ``rig`` →
``bounds``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from harness.load.bench.bounds import Bound, Pair, alone, beside, ways
from harness.load.bench.pause import CLOSED, LASTS_SECONDS, OPEN, PAUSED_FOR_SECONDS, paused, shown
from harness.load.bench.rig import BenchFailed, Load, Rig, server_rig, stub_rig
from harness.load.bench.window import Window, together
from harness.load.report.table import row_lines

UNKNOWN_CODE = 4
STUB_RATE_PER_SECOND = 400.0
"""So much the users ask for against the stub: enough above the bound that the generator decides, not their number."""

SERVER_USERS = 100
PARTS = ("stub", "server", "pause")
LOCUST, PLAIN = "locust", "plain"
BLOCK = (LOCUST, PLAIN, PLAIN, LOCUST)
"""The order within one repeat. A server slows down as its database grows: so both ways come equally late."""


@click.command()
@click.option("--part", type=click.Choice(("all", *PARTS)), default="all", show_default=True)
@click.option(
    "--users", type=click.IntRange(1, 20_000), default=5_000, show_default=True, help="Users against the stub."
)
@click.option(
    "--seconds", type=click.FloatRange(1.0, 3600.0), default=10.0, show_default=True, help="Time measured in each part."
)
@click.option(
    "--server-users",
    type=click.IntRange(1, 5_000),
    default=SERVER_USERS,
    show_default=True,
    help="Users against the server.",
)
@click.option(
    "--repeats", type=click.IntRange(1, 50), default=4, show_default=True, help="How many servers, one after another."
)
def load(part: str, users: int, seconds: float, server_users: int, repeats: int) -> int:
    """Measure the load generator itself: alone, and beside a plain asyncio loop.

    Against a stub that answers at once it must begin and end at least 300 workflows a second, with a hub delay p99 of
    at most 100 ms. Against a dev server with the same worker it must do at least 0.95 of what a plain asyncio loop
    does, for at most 1.25 of its processor time per workflow: both are measured twice on each of a few new servers,
    turn by turn, and the median of the servers decides. While a worker stands still for 15 s, a closed run must show
    it in its corrected p99, an open run in both.

    Times are of this machine, now; ratios are what can be compared. Exits with 1 when a bound is broken, with 4 when
    something could not be measured.
    """
    try:
        against_server = Load(server_users, seconds)
        return asyncio.run(_bench(PARTS if part == "all" else (part,), users, seconds, against_server, repeats))
    except BenchFailed as failed:
        click.echo(f"not measured: {failed}", err=True)
        return UNKNOWN_CODE


async def _bench(parts: Sequence[str], users: int, seconds: float, against_server: Load, repeats: int) -> int:
    bounds: list[Bound] = []
    if "stub" in parts:
        bounds += await _against_stub(users, seconds)
    if "server" in parts:
        bounds += await _against_server(against_server, repeats)
    if "pause" in parts:
        bounds += await _with_a_pause()
    broken = [bound.name for bound in bounds if not bound.met]
    click.echo(f"broken: {', '.join(broken)}" if broken else f"all {len(bounds)} bounds are kept")
    return 1 if broken else 0


async def _against_stub(users: int, seconds: float) -> Sequence[Bound]:
    # All are spawned, and then every one has come round once, before it is measured.
    think_seconds = users / STUB_RATE_PER_SECOND
    warm_seconds = users / 500 + think_seconds
    click.echo(f"against a stub: {users:,} users, {seconds:g} s measured after {warm_seconds:.0f} s of beginning")
    async with stub_rig() as rig:
        window = await rig.locust(Load(users, seconds, think_seconds, warm_seconds, probed=True))
    return _printed(alone(window))


async def _against_server(work: Load, repeats: int) -> Sequence[Bound]:
    click.echo(
        f"against {repeats} dev servers, one after another: {work.users} users, "
        f"twice {work.seconds:g} s of either way, turn by turn"
    )
    pairs = []
    for repeat in range(repeats):
        async with server_rig() as rig:
            pairs.append(await _pair(rig, work, BLOCK if repeat % 2 == 0 else BLOCK[2:] + BLOCK[:2]))
        click.echo(pairs[-1].line(repeat + 1))
    for line in ways(pairs):
        click.echo(line)
    return _printed(beside(pairs))


async def _pair(rig: Rig, work: Load, order: Sequence[str]) -> Pair:
    windows: dict[str, list[Window]] = {LOCUST: [], PLAIN: []}
    for way in order:
        windows[way].append(await (rig.locust(work) if way == LOCUST else rig.plain(work)))
    return Pair(together(windows[LOCUST]), together(windows[PLAIN]))


async def _with_a_pause() -> Sequence[Bound]:
    click.echo(
        f"a worker that stands still for {PAUSED_FOR_SECONDS:g} of {LASTS_SECONDS} s: 5 users, then 5 arrivals a second"
    )
    async with server_rig() as rig:
        closed, opened = await paused(rig, CLOSED), await paused(rig, OPEN)
    for name, run in (("closed", closed), ("open", opened)):
        for line in (name, *row_lines([run.completions])):
            click.echo(f"    {line}")
    return _printed(shown(closed, opened))


def _printed(bounds: Sequence[Bound]) -> Sequence[Bound]:
    for bound in bounds:
        click.echo(bound.line())
    return bounds
