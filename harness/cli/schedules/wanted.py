"""What the application wants of the server: its schedules as the SDK takes them, refused where they cannot work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from harness.application.contract import Application
from harness.application.schedule import Schedule as Offered
from harness.application.workers import options_by_queue
from harness.cli.schedules.cron import calendar_of
from harness.errors import UsageError
from harness.names import nearest_first
from harness.replay.replayer import types_of

KINDS: Mapping[str, Callable[[str], SearchAttributeKey[Any]]] = {
    "text": SearchAttributeKey.for_text,
    "keyword": SearchAttributeKey.for_keyword,
    "int": SearchAttributeKey.for_int,
    "double": SearchAttributeKey.for_float,
    "bool": SearchAttributeKey.for_bool,
    "datetime": SearchAttributeKey.for_datetime,
    "keywordlist": SearchAttributeKey.for_keyword_list,
}
"""How the SDK writes a search attribute of each of Temporal's types, which an application may write in any case."""


async def schedules_of(app: Application, variables: Mapping[str, str]) -> Mapping[str, Schedule]:
    """Name → schedule, as the SDK has it.

    :param variables: of the environment.
    :raises UsageError: some cannot work: no queue serves the workflow, say. The message names all of them.
    """
    served = {queue: types_of(made) for queue, made in (await options_by_queue(app, variables)).items()}
    wrong = [
        f"app.schedules[{name!r}]: {told}" for name, each in app.schedules.items() for told in _wrong(each, app, served)
    ]
    if wrong:
        raise UsageError(f"{app.name}: {'; '.join(wrong)}")
    return {name: _schedule(each, app) for name, each in app.schedules.items()}


def _wrong(schedule: Offered, app: Application, served: Mapping[str, list[str | None]]) -> list[str]:
    told = []
    types = served.get(schedule.task_queue)
    if types is None:
        known = nearest_first(schedule.task_queue, served)
        told.append(
            f"no queue of the application is called {schedule.task_queue!r} and serves workflows; there are {known}"
        )
    elif None not in types and schedule.workflow not in types:
        known = nearest_first(schedule.workflow, (each for each in types if each))
        told.append(f"the queue {schedule.task_queue!r} serves no workflow {schedule.workflow!r}; it serves {known}")
    for expression in schedule.cron:
        try:
            calendar_of(expression)
        except ValueError as error:
            told.append(f"its cron {expression!r} cannot be read: {error}")
    for name in schedule.search_attributes:
        if app.search_attributes.get(name, "").lower() not in KINDS:
            known = nearest_first(name, app.search_attributes)
            told.append(f"app.search_attributes does not say what {name!r} is; it has {known}")
    return told


def _schedule(offered: Offered, app: Application) -> Schedule:
    return Schedule(
        ScheduleActionStartWorkflow(
            offered.workflow,
            args=offered.args,
            id=offered.workflow_id,
            task_queue=offered.task_queue,
            memo=offered.memo or None,
            typed_search_attributes=_attributes(offered.search_attributes, app.search_attributes),
        ),
        ScheduleSpec(
            cron_expressions=offered.cron,
            calendars=offered.calendars,
            intervals=offered.intervals,
            skip=offered.skip,
            jitter=offered.jitter,
            time_zone_name=offered.time_zone,
        ),
        SchedulePolicy(offered.overlap, offered.catchup_window, offered.pause_on_failure),
        ScheduleState(),
    )


def _attributes(values: Mapping[str, Any], types: Mapping[str, str]) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [SearchAttributePair(KINDS[types[name].lower()](name), value) for name, value in values.items()]
    )
