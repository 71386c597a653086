"""What an expression becomes here is what it becomes on a server."""

from __future__ import annotations

import secrets

import pytest
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow, ScheduleSpec, ScheduleState
from temporalio.service import RPCError

from harness.cli.schedules.cron import calendar_of
from harness.cli.schedules.fields import fields_of

EXPRESSIONS = (
    "0 2 1 * *",
    "*/15 9-17/2 * * mon-fri",
    "0 0 29 2 *",
    "0 0 * * 0,7",
    "0 12 * 1-3 5-7",
    "0 12 * * */2",
    "0 12 * * 5/1",
    "0 0 1 JAN,dec Sun",
    "15 0 6 1 * * 2026",
    "0 0 31 1,3,5 * 2026-2030",
    "0 0 1 1 * 2026/2",
    "0 0 1 1 * */4",
    "5/15 * * * *",
    "0 0 */2 * *",
    "0 2 1 * * # month end",
    "@daily",
    "@hourly",
    "@weekly",
    "@monthly",
    "@yearly",
    "@midnight",
)
WRONG = (
    "0 25 * * *",
    "0 0 6-4 * *",
    "0 0 * foo *",
    "30 6 L * *",
    "0 0 ? * sun",
    "0 0 0 * *",
    "* * *",
    "0 0 1/0 * *",
    "",
)


def as_schedule(spec: ScheduleSpec) -> Schedule:
    action = ScheduleActionStartWorkflow("Close", id="close", task_queue="books")
    return Schedule(action, spec, state=ScheduleState(paused=True))


async def test_an_expression_is_the_calendar_that_a_server_makes_of_it(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    otherwise = []
    for expression in EXPRESSIONS:
        spec = ScheduleSpec(cron_expressions=[expression])
        handle = await client.create_schedule(secrets.token_hex(8), as_schedule(spec))
        kept = await fields_of((await handle.describe()).schedule, client.data_converter)
        await handle.delete()
        ours = await fields_of(as_schedule(spec), client.data_converter)
        if kept["times"] != ours["times"]:
            otherwise.append((expression, kept["times"], ours["times"]))
    assert not otherwise


@pytest.mark.parametrize("expression", WRONG)
async def test_what_is_no_expression_here_is_none_on_a_server(expression: str, temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    with pytest.raises(ValueError, match=r"its |it has "):
        calendar_of(expression)
    with pytest.raises(RPCError, match="Invalid schedule spec"):
        await client.create_schedule(secrets.token_hex(8), as_schedule(ScheduleSpec(cron_expressions=[expression])))


@pytest.mark.parametrize(
    ("expression", "mend"),
    [("@every 1h", "intervals="), ("CRON_TZ=Europe/Berlin 0 2 * * *", "time_zone=")],
)
def test_what_belongs_elsewhere_is_told_where(expression: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        calendar_of(expression)
