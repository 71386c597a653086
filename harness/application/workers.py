"""The workers of an application as production runs them: those that it makes itself, or else one for each queue.

Data flow: application → **its workers**, in a worker process; or → **what they were made with**, for whoever replays
what they did and has no server.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import inspect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import temporalio.client
import temporalio.worker

from harness.application.connection import connect
from harness.application.contract import Application, no_ports
from harness.application.imported import place_of, theirs
from harness.application.stand_in import StandIn, stand_ins_in
from harness.errors import UsageError
from harness.names import nearest_first

Activity = Callable[..., Any]

LISTS = ("workflows", "workflow_failure_exception_types", "interceptors", "plugins")
"""What of a worker's options is several things."""
THREADS_FOR_ACTIVITIES = 100
"""As many activities a worker of the SDK has at once; those that are no coroutines need a thread each."""


def workers_of(
    app: Application,
    client: temporalio.client.Client,
    variables: Mapping[str, str],
    *,
    interceptors: Sequence[temporalio.worker.Interceptor] = (),
    **options: Any,
) -> Sequence[temporalio.worker.Worker]:
    """The workers of one process. Beside what is given here, their options are the application's, or the SDK's own.

    :param variables: of the environment.
    :param interceptors: further ones, outside of the application's own.
    :param options: of each worker; the application may overrule them.
    :raises UsageError: a queue serves what the application does not offer, or its own `workers` makes none.
    """
    settings = app.settings(variables)
    ports = app.ports(settings)
    if app.workers is not None:
        return _of_their_own(app, client, settings, ports, interceptors=list(interceptors), **options)
    served = activities_by_queue(app, app.activities(ports))
    at_once = int(variables.get("TEMPORAL_MAX_CONCURRENT_ACTIVITIES", THREADS_FOR_ACTIVITIES))
    tasks_at_once = int(variables.get("TEMPORAL_MAX_CONCURRENT_WORKFLOWS", 0))
    added = {"activity_executor": concurrent.futures.ThreadPoolExecutor(at_once), "max_concurrent_activities": at_once}
    if tasks_at_once:
        added["max_concurrent_workflow_tasks"] = max(2, tasks_at_once)  # the SDK needs two
    return [
        temporalio.worker.Worker(
            client,
            task_queue=queue,
            activities=served[queue],
            **_versioned({**options, **added, **own, "interceptors": [*interceptors, *own["interceptors"]]}),
        )
        for queue, own in _own_options(app).items()
    ]


def _of_their_own(app: Application, *given: Any, **options: Any) -> Sequence[temporalio.worker.Worker]:
    """What the application's own `workers` makes."""
    assert app.workers is not None
    made = app.workers(*given, **options)
    what = f"{place_of(app.workers)}{app.name}: its `workers`"
    if inspect.iscoroutine(made):
        made.close()
        raise UsageError(f"{what} is a coroutine function, and must be a plain one: drop the async")
    if not isinstance(made, Iterable):
        raise UsageError(f"{what} returns {made!r}, and must return a list of workers")
    workers = made if isinstance(made, Sequence) else list(made)
    if not workers:
        raise UsageError(f"{what} makes no worker, so nothing is served; return one for each queue")
    return workers


def _versioned(options: dict[str, Any]) -> dict[str, Any]:
    """The options without our name of the version, where the application has its own: the SDK takes only one."""
    named = options.get("build_id") or options.get("use_worker_versioning")
    return {name: each for name, each in options.items() if not (named and name == "deployment_config")}


async def options_by_queue(app: Application, variables: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """Task queue → the options with which a worker of it runs workflows, with what it takes over from its client.

    An application that makes its workers itself is asked to, with gateways that do nothing, and without a server. A
    queue without workflows is left out.

    :raises UsageError: it cannot make them so, or makes two of a queue that run workflows in different ways.
    """
    client = await connect(app, variables, lazy=True)
    if app.workers is None:
        made: list[dict[str, Any]] = [{"task_queue": name, **own} for name, own in _own_options(app).items()]
    else:
        what = f"{app.name}: its `workers`, asked without a server what they are made with"
        ports = None if app.ports is no_ports else StandIn("ports")
        with _noted() as made, theirs(what, app.workers):
            _of_their_own(app, client, app.settings(variables), ports, interceptors=[], deployment_config=None)
            if guessed := [each for options in made for each in stand_ins_in(options)]:
                raise TypeError(f"a worker is made with {guessed[0]!r}, and no gateway is there to ask for it")
    first, active = client.config(), client.config(active_config=True)
    of_client: Mapping[str, list[Any]] = {
        "interceptors": [each for each in first["interceptors"] if isinstance(each, temporalio.worker.Interceptor)],
        "plugins": [each for each in first["plugins"] if isinstance(each, temporalio.worker.Plugin)],
    }
    shared = {name: active[name] for name in ("data_converter", "header_codec_behavior")}
    found: dict[str, dict[str, Any]] = {}
    for options in made:
        queue = str(options.get("task_queue"))
        one = options | shared | {name: [*of_client.get(name, ()), *(options.get(name) or ())] for name in LISTS}
        if one["workflows"] and _manner(found.setdefault(queue, one)) != _manner(one):
            told = f"makes two workers of the queue {queue!r} that run workflows in different ways"
            raise UsageError(
                f"{app.name}: its `workers` {told}, and either may get any workflow of it; make them alike"
            )
    return found


def _manner(options: Mapping[str, Any]) -> tuple[object, ...]:
    """How a worker that is made with these runs workflows, as far as two can be told apart by it."""
    kinds = ([type(each) for each in options[name]] for name in LISTS[2:])
    return *(set(options[name]) for name in LISTS[:2]), type(options.get("workflow_runner")), *kinds


def _own_options(app: Application) -> Mapping[str, dict[str, Any]]:
    return {
        queue: {
            "workflows": list(served.workflows),
            "interceptors": list(app.interceptors),
            "workflow_failure_exception_types": list(app.workflow_failure_exception_types),
            **app.worker_options,
        }
        for queue, served in app.queues.items()
    }


@contextlib.contextmanager
def _noted() -> Iterator[list[dict[str, Any]]]:
    """The options of every worker that is made within; it is none, because nothing is there to poll."""
    made: list[dict[str, Any]] = []
    whole = temporalio.worker.Worker.__init__

    def note(worker: Any, client: object = None, **options: Any) -> None:
        worker._config = options  # what its properties read
        made.append(options)

    temporalio.worker.Worker.__init__ = note  # type: ignore[assignment, method-assign]
    try:
        yield made
    finally:
        temporalio.worker.Worker.__init__ = whole  # type: ignore[method-assign]


def require_served(app: Application) -> None:
    """Refuse an application whose queues serve what there is not, as far as that shows before anything is started.

    Activities that need gateways are not made here; the worker process refuses them.

    :raises UsageError: the message names the queue, and what it serves.
    """
    if not app.queues:
        raise UsageError(f"{app.name}: app.queues names no queue, so nothing is served; give it one")
    for queue, served in app.queues.items():
        _require_workflows(app, queue, served.workflows)
    if app.workers is None and app.ports is no_ports:
        with theirs(f"{app.name}: app.activities", app.activities):
            offered = app.activities(None)
            if not isinstance(offered, Iterable):
                raise TypeError(f"returns {offered!r}, and must return a list of activities")
            offered = list(offered)
        activities_by_queue(app, offered)


def _require_workflows(app: Application, queue: str, workflows: Sequence[type]) -> None:
    names: dict[str, type] = {}
    for each in workflows:
        definition = getattr(each, "__dict__", {}).get("__temporal_workflow_definition")
        if definition is None:
            told = f"{place_of(each)}the queue {queue!r} serves {getattr(each, '__qualname__', repr(each))}"
            raise UsageError(f"{app.name}: {told}, which is not decorated with @workflow.defn")
        if definition.name in names:
            told = f"{place_of(each)}the queue {queue!r} serves two workflows that are called {definition.name!r}"
            raise UsageError(f"{app.name}: {told}; give each a name of its own: @workflow.defn(name=…)")
        names[definition.name] = each


def activities_by_queue(app: Application, offered: Sequence[Activity]) -> Mapping[str, Sequence[Activity]]:
    """Task queue → the activities that it serves.

    Two queues may have activities of one name that are not the same: of those that are offered the first is the first
    queue's then, and so on.

    :raises UsageError: a queue serves what is not offered, or it is not clear which of several it is to be.
    """
    by_name: dict[str, list[Activity]] = defaultdict(list)
    for activity in offered:
        by_name[name_of(app, activity)].append(activity)
    times = Counter(name for queue in app.queues.values() for name in queue.activities)
    for name, found in by_name.items():
        if len(found) > 1 and times[name] != len(found):
            serve = "1 queue serves it" if times[name] == 1 else f"{times[name]} queues serve it"
            told = f"{place_of(found[-1])}{len(found)} activities are called {name!r}, and {serve}"
            raise UsageError(f"{app.name}: {told}; give each activity a name of its own: @activity.defn(name=…)")
    served: dict[str, list[Activity]] = {}
    turns: Counter[str] = Counter()
    for queue, wanted in app.queues.items():
        served[queue] = []
        for name in wanted.activities:
            if name not in by_name:
                told = f"the queue {queue!r} serves the activity {name!r}, which app.activities does not offer"
                raise UsageError(f"{app.name}: {told}; it offers {nearest_first(name, sorted(by_name))}")
            found = by_name[name]
            served[queue].append(found[turns[name] % len(found)])
            turns[name] += 1
    return served


def name_of(app: Application, activity: Activity) -> str:
    """What workflows call an activity.

    :raises UsageError: it cannot be one.
    """
    definition = getattr(activity, "__temporal_activity_definition", None)
    called = getattr(activity, "__qualname__", repr(activity))
    if definition is None:
        told = f"{place_of(activity)}app.activities offers {called}"
        raise UsageError(f"{app.name}: {told}, which is not decorated with @activity.defn")
    if not inspect.ismethod(activity) and next(iter(inspect.signature(activity).parameters), "") == "self":
        owner = called.rpartition(".")[0] or "its class"
        told = f"{place_of(activity)}app.activities offers {called} of the class"
        raise UsageError(f"{app.name}: {told}: offer that of an object of it, made with {owner}(…)")
    return str(definition.name)
