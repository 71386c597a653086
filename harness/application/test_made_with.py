"""What an application's own `workers` may do when it is asked without a server, and what is refused with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import temporalio.worker
from temporalio import workflow
from temporalio.client import Client, ClientConfig, HeaderCodecBehavior
from temporalio.client import Plugin as ClientPlugin
from temporalio.common import WorkerDeploymentVersion
from temporalio.plugin import SimplePlugin
from temporalio.worker import Interceptor, Worker, WorkerDeploymentConfig

from harness.application.contract import Application, load_application
from harness.application.queue import Queue
from harness.application.workers import options_by_queue, workers_of
from harness.errors import UsageError


@workflow.defn
class Order:
    @workflow.run
    async def run(self) -> None: ...


@workflow.defn
class Refund:
    @workflow.run
    async def run(self) -> None: ...


class Audit(Interceptor):
    """Of an application."""


class Trace(Interceptor):
    """Another."""


def made(client: Any, queue: str = "sales", **options: Any) -> Worker:
    """A worker; ``None`` for what it needs not."""
    return Worker(client, task_queue=queue, **{"workflows": [Order], **options})


@pytest.fixture
def app() -> Application:
    """The demo's, with gateways that nobody may open, and a queue of its own."""
    queues = {"orders": Queue((Order,), ())}
    return replace(load_application("workflows.app"), queues=queues, workers=None, worker_options={}, interceptors=())


def asked(app: Application, workers: Callable[..., Any]) -> Any:
    """What it says its workers are made with."""
    return asyncio.run(options_by_queue(replace(app, workers=workers), {}))


def in_a_generator(client: Any, settings: Any, ports: Any, **_: Any) -> Iterator[Worker]:
    yield made(client, "sales")
    yield made(client, "returns", workflows=(each for each in (Refund,)), interceptors=(Audit(),))


def test_workers_may_come_one_after_another_and_their_parts_in_any_collection(app: Application) -> None:
    options = asked(app, in_a_generator)

    for _ in range(2):
        assert [list(each["workflows"]) for each in options.values()] == [[Order], [Refund]]
    assert [type(each) for each in options["returns"]["interceptors"]] == [Audit]


async def test_a_process_runs_workers_that_come_one_after_another(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporalio.worker.Worker, "__init__", lambda self, client, **options: None)
    own = replace(app, workers=cast(Any, in_a_generator), ports=lambda settings: None)
    workers = workers_of(own, cast(Client, None), {})
    assert len(list(workers)) == len(list(workers)) == 2, "it starts them, and ends them later"


async def in_a_coroutine(*given: Any, **options: Any) -> list[Worker]:
    return []


@pytest.mark.parametrize(
    ("workers", "told"),
    [
        (lambda *given, **options: [], r"makes no worker, so nothing is served"),
        (lambda *given, **options: None, r"returns None, and must return a list of workers"),
        (in_a_coroutine, r"is a coroutine function, and must be a plain one: drop the async"),
    ],
    ids=["none", "nothing", "a coroutine"],
)
async def test_what_makes_no_workers_is_refused(app: Application, workers: Callable[..., Any], told: str) -> None:
    own = replace(app, workers=workers, ports=lambda settings: None)
    with pytest.raises(UsageError, match=rf"test_made_with.py:\d+: workflows.app: its `workers` {told}"):
        workers_of(own, cast(Client, None), {})
    with pytest.raises(UsageError, match=told):
        await options_by_queue(own, {})


def alike(client: Any, settings: Any, ports: Any, **_: Any) -> list[Worker]:
    return [made(client, interceptors=[Audit()], max_concurrent_workflow_tasks=number) for number in (2, 3)]


def test_two_workers_of_a_queue_that_are_alike_are_one(app: Application) -> None:
    assert list(asked(app, alike)) == ["sales"]


@pytest.mark.parametrize(
    "other",
    [
        {"workflows": [Order, Refund]},
        {"workflows": [Refund]},
        {"interceptors": [Trace()]},
        {"interceptors": []},
        {"plugins": [SimplePlugin("audit")]},
        {"workflow_runner": temporalio.worker.UnsandboxedWorkflowRunner()},
        {"workflow_failure_exception_types": [ValueError]},
    ],
    ids=["more workflows", "others", "another interceptor", "none", "a plugin", "no sandbox", "what fails it"],
)
def test_two_workers_of_a_queue_that_differ_cannot_both_be_right(app: Application, other: dict[str, Any]) -> None:
    def workers(client: Any, settings: Any, ports: Any, **_: Any) -> list[Worker]:
        return [made(client, interceptors=[Audit()]), made(client, **{"interceptors": [Audit()], **other})]

    with pytest.raises(UsageError, match=r"two workers of the queue 'sales' that run workflows in different ways"):
        asked(app, workers)


@pytest.mark.parametrize(
    ("decide", "told"),
    [
        (lambda ports: ports.bank.audited, "by ports.bank.audited"),
        (lambda ports: ports.bank.retries() > 3, r"by ports.bank.retries\(…\)"),
        (lambda ports: ports.mode == "audited", "by ports.mode"),
        (lambda ports: ports.mode != "audited", "by ports.mode"),
        (lambda ports: "audit" in ports.features, "by ports.features"),
        (lambda ports: ports.features["audit"], r"by ports.features\['audit'\]"),
        (lambda ports: len(ports.features), "by ports.features"),
        (lambda ports: range(ports.shards), "by ports.shards"),
        (lambda ports: int(ports.shards), "by ports.shards"),
    ],
    ids=["true", "more", "equal", "not equal", "in", "a key", "how many", "a number", "as a number"],
)
def test_workers_that_are_made_by_what_a_gateway_says_are_not_guessed(
    app: Application, decide: Callable[[Any], Any], told: str
) -> None:
    def workers(client: Any, settings: Any, ports: Any, **_: Any) -> list[Worker]:
        return [made(client, interceptors=[Audit()] if decide(ports) else [])]

    with pytest.raises(UsageError, match=rf"test_made_with.py:\d+: TypeError: it decides {told}, .* by the settings"):
        asked(app, workers)


@pytest.mark.parametrize(
    "part",
    [
        lambda ports: {"interceptors": [*ports.tracing.interceptors]},
        lambda ports: {"interceptors": (ports.tracing,)},
        lambda ports: {"workflow_runner": ports.runner},
        lambda ports: {"workflows": [Order, ports.workflow]},
    ],
    ids=["each of several", "one", "alone", "a workflow"],
)
def test_what_a_gateway_gives_is_no_part_of_a_worker(app: Application, part: Callable[[Any], dict[str, Any]]) -> None:
    def workers(client: Any, settings: Any, ports: Any, **_: Any) -> list[Worker]:
        return [made(client, **part(ports))]

    with pytest.raises(UsageError, match=r"a worker is made with <.*ports\..*>, and no gateway is there to ask"):
        asked(app, workers)


def test_gateways_may_be_handed_on_and_gone_through(app: Application) -> None:
    def workers(client: Any, settings: Any, ports: Any, **_: Any) -> list[Worker]:
        assert ports.bank is not None
        assert ports.bank != ports.mail
        assert {ports.bank: "a gateway"}
        with ports.pool as pool:
            activities = [pool.pay, *ports.mail.activities, ports["bank"].pay]
        return [made(client, f"of {tenant.name}", activities=activities) for tenant in ports.tenants]

    assert list(asked(app, workers)) == ["of <one of ports.tenants.name>"]


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ({}, ["deployment_config"]),
        ({"build_id": "7"}, ["build_id"]),
        ({"build_id": "7", "use_worker_versioning": True}, ["build_id", "use_worker_versioning"]),
        ({"deployment_config": None}, ["deployment_config"]),
    ],
    ids=lambda case: ",".join(case),
)
def test_an_application_that_names_its_builds_gets_no_other_name_for_them(
    app: Application, monkeypatch: pytest.MonkeyPatch, own: dict[str, Any], kept: list[str]
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(temporalio.worker.Worker, "__init__", lambda self, client, **options: given.update(options))
    plain = replace(app, ports=lambda settings: None, activities=lambda ports: [], worker_options=own)
    ours = WorkerDeploymentConfig(WorkerDeploymentVersion("shop", "1"), use_worker_versioning=False)

    workers_of(plain, cast(Client, None), {}, deployment_config=ours)

    names = ("build_id", "deployment_config", "use_worker_versioning")
    assert [name for name in names if name in given] == kept
    assert own.items() <= given.items()


class Encoding(ClientPlugin):
    """One of the client alone, that changes what the client was given."""

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        return {**config, "header_codec_behavior": HeaderCodecBehavior.CODEC}

    async def connect_service_client(self, config: Any, next: Any) -> Any:
        return await next(config)


async def test_headers_are_read_as_a_plugin_of_the_client_has_them(app: Application) -> None:
    options = await options_by_queue(replace(app, client_options={"plugins": [Encoding()]}), {})
    assert options["orders"]["header_codec_behavior"] is HeaderCodecBehavior.CODEC
