"""The application as one value, for whoever runs it: our own worker, or a harness that finds it by this module's name.

``app`` is composed of the families; it connects to nothing until ``ports`` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import Interceptor, Worker

from workflows.families import families
from workflows.gateways.network import SOCKETS, Network
from workflows.kit.client import KEEP_ALIVE
from workflows.kit.converter import data_converter
from workflows.kit.family import Queue, Resources
from workflows.kit.heartbeat import AutomaticHeartbeat
from workflows.kit.retry import HEARTBEAT_THROTTLE
from workflows.kit.settings import Settings, read_settings
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.workers import workers_of


@dataclass(frozen=True)
class Service:
    """A process beside the workers.

    :param command: words in braces are filled from the process's environment; ``{python}`` is the interpreter.
    :param ready_url: answers 200 when the process serves.
    """

    name: str
    command: tuple[str, ...]
    ready_url: str


@dataclass(frozen=True)
class Ports:
    """What the activities of all families reach. Whoever opened it closes it.

    :param of: the name of a family -> its ports.
    """

    of: Mapping[str, Any]
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def close(self) -> None:
        """Give connections back."""
        await self.closing.aclose()


@dataclass(frozen=True)
class Application:
    """Everything a runner needs to know.

    :param subject_of: workflow id -> the business object that it is about, such as an invoice's id.
    :param search_attributes: name -> Temporal type; they must exist in the namespace before the first workflow.
    :param worker_options: keyword arguments of ``temporalio.worker.Worker`` that belong to the application: how long a
        stopping worker lets activities finish, and how often heartbeats may go out.
    :param client_options: keyword arguments of ``temporalio.client.Client.connect`` that belong to the application: how
        soon a dead connection is found.
    """

    queues: Mapping[str, Queue]
    services: tuple[Service, ...]
    search_attributes: Mapping[str, str]
    status_attribute: str
    data_converter: DataConverter
    interceptors: tuple[Interceptor, ...]
    settings: Callable[[Mapping[str, str]], Settings]
    ports: Callable[[Settings], Ports]
    activities: Callable[[Ports], Sequence[Callable[..., Any]]]
    subject_of: Callable[[str], str]
    workflow_failure_exception_types: tuple[type[BaseException], ...] = ()
    worker_options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    client_options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def workers(
        self,
        client: Client,
        settings: Settings,
        ports: Ports,
        *,
        interceptors: Sequence[Interceptor] = (),
        **options: Any,
    ) -> list[Worker]:
        """The workers of one process, as the settings want them.

        :param interceptors: further ones, outside of the application's own.
        :param options: further ones of each worker.
        """
        return workers_of(
            client,
            settings,
            self.queues,
            self.activities(ports),
            interceptors=[*interceptors, *self.interceptors],
            workflow_failure_exception_types=list(self.workflow_failure_exception_types),
            **{**options, **self.worker_options},
        )


GRACEFUL_SHUTDOWN = timedelta(seconds=10)
"""How long a worker that is told to stop lets its activities finish; then they are cancelled and tried elsewhere."""


def open_resources(settings: Settings, network: Network = SOCKETS) -> Resources:
    """Open what one process shares among the families: the books (this blocks for a moment), and the way out."""
    # Heavy imports stay out of processes that only want to look at ``app``.
    from workflows.books.schema import open_books

    books = open_books(settings.books_url, *(table for family in families() for table in family.tables()))
    resources = Resources(settings, books, network)
    resources.closing.callback(books.dispose)
    return resources


def ports_on(resources: Resources) -> Ports:
    """The gateways of every family."""
    return Ports({family.name: family.ports(resources) for family in families()}, resources.closing)


def real_ports(settings: Settings) -> Ports:
    """The gateways of every family, bound to the settings."""
    return ports_on(open_resources(settings))


def bound_activities(ports: Ports) -> Sequence[Callable[..., Any]]:
    """The activities of every queue, bound to these ports."""
    return [activity for family in families() for activity in family.activities(ports.of[family.name])]


def subject_of(workflow_id: str) -> str:
    """What a workflow is about: its id without the beginning that its family gives it; whole when it is nobody's."""
    begins = (family.workflow_ids_begin for family in families())
    return workflow_id.removeprefix(next((begin for begin in begins if workflow_id.startswith(begin)), ""))


def _together(parts: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """All parts as one; no two have a name in common."""
    return MappingProxyType({name: value for part in parts for name, value in part.items()})


app = Application(
    queues=_together(family.queues for family in families()),
    services=(Service("api", ("{python}", "-m", "workflows.api"), "http://{TRAF3LI_API_ADDRESS}/healthz"),),
    search_attributes=_together(
        [{BUSINESS_STATUS.name: "Keyword"}, *(family.search_attributes for family in families())]
    ),
    status_attribute=BUSINESS_STATUS.name,
    data_converter=data_converter,
    interceptors=(AutomaticHeartbeat(),),
    settings=read_settings,
    ports=real_ports,
    activities=bound_activities,
    subject_of=subject_of,
    worker_options=MappingProxyType(
        {"graceful_shutdown_timeout": GRACEFUL_SHUTDOWN, "max_heartbeat_throttle_interval": HEARTBEAT_THROTTLE}
    ),
    client_options=MappingProxyType({"keep_alive_config": KEEP_ALIVE}),
)
"""The finance application."""
