"""Workers are what production runs: those of the application, or one for each queue, with the SDK's own defaults."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
import temporalio.client
import temporalio.worker
from temporalio import activity, workflow
from temporalio.client import Client, HeaderCodecBehavior
from temporalio.plugin import SimplePlugin
from temporalio.worker import Interceptor, UnsandboxedWorkflowRunner, Worker

from harness.application.contract import Application, load_application
from harness.application.queue import Queue
from harness.application.workers import activities_by_queue, options_by_queue, require_served, workers_of
from harness.errors import UsageError


@activity.defn
async def pack(order: str) -> str:
    return order


@activity.defn(name="pack")
async def pack_elsewhere(order: str) -> str:
    return order


@activity.defn
def ship(order: str) -> str:
    return order


class Shop:
    @activity.defn
    async def sell(self, order: str) -> str:
        return order


async def undecorated(order: str) -> str:
    return order


@workflow.defn
class Order:
    @workflow.run
    async def run(self) -> None: ...


class NoWorkflow:
    async def run(self) -> None: ...


class Nothing(Interceptor):
    """Of an application."""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Application:
    """One that offers nothing but queues and activities."""
    queues = {"orders": Queue((Order,), ("pack", "ship"))}
    offers = SimpleNamespace(queues=queues, activities=lambda ports: [pack, ship])
    monkeypatch.setitem(sys.modules, "shop", cast(ModuleType, SimpleNamespace(app=offers)))
    return load_application("shop")


def test_two_queues_may_have_different_activities_of_one_name(app: Application) -> None:
    two = replace(app, queues={"orders": Queue((Order,), ("pack",)), "elsewhere": Queue((), ("pack",))})

    assert activities_by_queue(two, [pack, pack_elsewhere]) == {"orders": [pack], "elsewhere": [pack_elsewhere]}
    assert activities_by_queue(two, [pack]) == {"orders": [pack], "elsewhere": [pack]}


@pytest.mark.parametrize(
    ("offered", "told"),
    [
        (
            [pack],
            r"^shop: the queue 'orders' serves the activity 'ship', which app.activities does not .* pack$",
        ),
        ([pack, ship, pack_elsewhere], r"2 activities are called 'pack', and 1 queue serves it; give each .* name"),
        ([pack, undecorated], r"offers undecorated, which is not decorated with @activity.defn"),
        ([pack, Shop.sell], r"offers Shop.sell of the class: offer that of an object of it, made with Shop\(…\)"),
    ],
    ids=["not offered", "two of one name", "not decorated", "of the class"],
)
def test_what_cannot_be_served_is_refused_before_anything_is_started(
    app: Application, offered: list[Callable[..., Any]], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        require_served(replace(app, activities=lambda ports: offered))


def test_what_a_queue_serves_has_to_be_a_workflow(app: Application) -> None:
    with pytest.raises(UsageError, match=r"'orders' serves NoWorkflow, which is not decorated with @workflow.defn"):
        require_served(replace(app, queues={"orders": Queue((NoWorkflow,), ())}))


def test_a_mistake_in_how_activities_are_made_is_told(app: Application) -> None:
    with pytest.raises(UsageError, match=r"^shop: app.activities: .*test_workers.py:\d+: AttributeError"):
        require_served(replace(app, activities=lambda ports: [ports.bank.pay]))


def test_what_needs_gateways_is_left_to_the_worker(app: Application) -> None:
    asked: list[object] = []

    def activities(ports: object) -> list[Callable[..., Any]]:
        asked.append(ports)
        return []

    require_served(replace(app, ports=lambda settings: object(), activities=activities))
    assert asked == []


def test_the_options_are_the_sdks_own_beside_those_of_the_application(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(temporalio.worker.Worker, "__init__", lambda self, client, **options: made.update(options))
    runner, log, own = UnsandboxedWorkflowRunner(), Nothing(), Nothing()
    asking = replace(app, worker_options={"workflow_runner": runner}, interceptors=(own,))

    workers_of(asking, cast(Client, None), {}, interceptors=[log], build_id="1")

    assert made.pop("activity_executor") is not None
    assert made == {
        "task_queue": "orders",
        "workflows": [Order],
        "activities": [pack, ship],
        "interceptors": [log, own],
        "workflow_failure_exception_types": [],
        "max_concurrent_activities": 100,
        "workflow_runner": runner,
        "build_id": "1",
    }


def test_the_applications_own_workers_are_served_with_what_is_added(app: Application) -> None:
    asked: list[tuple[Any, ...]] = []
    own, client, log = [cast(temporalio.worker.Worker, object())], cast(Client, object()), Nothing()

    def workers(*given: Any, interceptors: Any, **options: Any) -> list[Worker]:
        asked.append((*given, interceptors, options))
        return own

    offered = replace(app, workers=workers, settings=lambda environ: "settings", ports=lambda settings: "ports")
    assert workers_of(offered, client, {}, interceptors=[log], build_id="1") is own
    assert asked == [(client, "settings", "ports", [log], {"build_id": "1"})]


async def test_an_application_tells_without_a_server_what_its_workers_are_made_with(app: Application) -> None:
    own = Nothing()

    def workers(client: Client, settings: Any, ports: Any, *, interceptors: Any, **_: Any) -> list[Worker]:
        activities = [ports.bank.pay, ports.bank("a").take()]
        options = {"workflows": [Order], "activities": activities, "interceptors": [*interceptors, own]}
        return [Worker(client, task_queue="sales", **cast(Any, options))]

    asked = replace(app, workers=workers, ports=lambda settings: object())
    options = await options_by_queue(asked, {})
    assert [options["sales"][name] for name in ("workflows", "interceptors")] == [[Order], [own]]
    with pytest.raises(RuntimeError, match="Lazy"):
        Worker(await Client.connect("localhost:1", lazy=True), task_queue="sales", workflows=[Order])


class OfClient(temporalio.client.Interceptor, Interceptor):
    """Given to the client, which hands it on to its workers."""


async def test_a_worker_takes_over_what_its_client_has(app: Application) -> None:
    mine, plugin = OfClient(), SimplePlugin("audit")
    of_client = {"interceptors": [mine, temporalio.client.Interceptor()], "plugins": [plugin], "lazy": False}
    asked = replace(app, client_options=of_client, interceptors=(own := Nothing(),))

    options = (await options_by_queue(asked, {}))["orders"]

    assert options["interceptors"] == [mine, own]
    assert options["plugins"] == [plugin]
    assert options["data_converter"] is app.data_converter
    assert options["header_codec_behavior"] is HeaderCodecBehavior.NO_CODEC


@pytest.mark.parametrize("behaviour", HeaderCodecBehavior)
async def test_headers_are_read_as_the_client_of_the_worker_reads_them(
    app: Application, behaviour: HeaderCodecBehavior
) -> None:
    asked = replace(app, client_options={"header_codec_behavior": behaviour})

    options = (await options_by_queue(asked, {}))["orders"]

    assert options["header_codec_behavior"] is behaviour


async def test_of_two_workers_on_a_queue_the_one_with_workflows_tells(app: Application) -> None:
    def workers(client: Client, settings: Any, ports: Any, **_: Any) -> list[Worker]:
        assert ports is None, "the application has none"
        made = [Worker(client, task_queue="sales", workflows=[Order]), Worker(client, task_queue="sales")]
        assert {each.task_queue for each in made} == {"sales"}
        return made

    options = await options_by_queue(replace(app, workers=workers), {})
    assert {name: each["workflows"] for name, each in options.items()} == {"sales": [Order]}


async def test_one_that_cannot_tell_is_refused(app: Application) -> None:
    def workers(*given: Any, **options: Any) -> list[Worker]:
        raise LookupError("no bank")

    with pytest.raises(UsageError, match=r"asked without a server what they are made with: .*LookupError: no bank"):
        await options_by_queue(replace(app, workers=workers), {})


async def test_the_company_of_the_demo_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEMPORAL_TASK_QUEUE", raising=False)
    company = load_application("workflows.app")

    options = await options_by_queue(company, {})

    assert options.keys() == company.queues.keys()
    assert all(list(options[name]["workflows"]) == list(queue.workflows) for name, queue in company.queues.items())
