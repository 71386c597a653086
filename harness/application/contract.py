"""The application under test, found by name: the shape it must have, and defaults for what it leaves out.

Another team's module needs no more than ``queues`` and ``activities``. Claims that need more (a status attribute, an
API) are refused by name when they are asked for, not half-run.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import temporalio.converter
import temporalio.worker

from harness.application import kinds, schedule
from harness.application.imported import import_named, theirs
from harness.errors import UsageError


class Queue(Protocol):
    """One task queue: the workflow classes it serves and the names of the activities it serves."""

    @property
    def workflows(self) -> Sequence[type]:
        """Classes decorated with ``@workflow.defn``."""

    @property
    def activities(self) -> Sequence[str]:
        """Names of activities, as ``@activity.defn`` registers them."""


class Service(Protocol):
    """A process of the application beside the workers, such as its API."""

    @property
    def name(self) -> str:
        """A short name, used for its log file."""

    @property
    def command(self) -> Sequence[str]:
        """Arguments; words in braces are filled from the environment (``{python}`` is the interpreter)."""

    @property
    def ready_url(self) -> str:
        """A URL that answers 200 once the service is ready; filled in the same way."""


class Schedule(Protocol):
    """A workflow that the server starts by itself, by the name that it has in ``schedules``.

    What it may offer beside these two (when, in which time zone, with what, what happens when it is late) has a
    default; `harness.application.schedule.Schedule` has all of it.
    """

    @property
    def workflow(self) -> str:
        """The type of the workflow, as ``@workflow.defn`` names it."""

    @property
    def task_queue(self) -> str:
        """A queue of the application that serves it."""


@dataclass(frozen=True)
class Application:
    """What the engine knows of an application, with the defaults filled in.

    ``subject_of`` says what a workflow is about by its id ("INV-0001"); by default that is the id itself. ``workers``
    makes the workers of a process as production does, ``(client, settings, ports, *, interceptors, **options)``;
    without it they are made of the queues. ``schedules`` are those that `assay schedules` applies, by name.
    """

    name: str
    queues: Mapping[str, Queue]
    activities: Callable[[Any], Sequence[Callable[..., Any]]]
    settings: Callable[[Mapping[str, str]], Any]
    ports: Callable[[Any], Any]
    data_converter: temporalio.converter.DataConverter
    interceptors: Sequence[Any]
    search_attributes: Mapping[str, str]
    status_attribute: str | None
    workflow_failure_exception_types: Sequence[type[BaseException]]
    services: Sequence[Service]
    worker_options: Mapping[str, Any]
    client_options: Mapping[str, Any]
    subject_of: Callable[[str], str]
    workers: Callable[..., Sequence[temporalio.worker.Worker]] | None = None
    schedules: Mapping[str, schedule.Schedule] = dataclasses.field(default_factory=dict)


def load_application(name: str) -> Application:
    """Import the module ``name`` and read its ``app`` object.

    :raises UsageError: the module cannot be imported or has no ``app``, or that lacks ``queues`` or ``activities`` or
        offers something else than it must.
    """
    named_by = f"[tool.assay] app = {name!r}"
    module = import_named(name, named_by)
    with theirs(named_by):
        app: Any = getattr(module, "app", None)
        missing = [word for word in ("queues", "activities") if not hasattr(app, word)]
    if missing:
        file = getattr(module, "__file__", None) or name
        raise UsageError(f"{file}: `app` must offer {' and '.join(missing)}; see docs/your-workflow.md for the shape")

    def offered(word: str, default: Any, kind: Callable[[Any], Any]) -> Any:
        with theirs(f"{named_by}: its `{word}`", app if inspect.isclass(app) else type(app)):
            return kind(getattr(app, word, default))

    return Application(
        name=name,
        queues=offered("queues", None, kinds.queues),
        activities=offered("activities", None, kinds.function_of_one),
        settings=offered("settings", lambda environ: None, kinds.function_of_one),
        ports=offered("ports", no_ports, kinds.function_of_one),
        data_converter=offered("data_converter", temporalio.converter.default(), kinds.converter),
        interceptors=offered("interceptors", (), kinds.interceptors),
        search_attributes=offered("search_attributes", {}, kinds.mapping),
        status_attribute=offered("status_attribute", None, kinds.text_or_none),
        workflow_failure_exception_types=offered("workflow_failure_exception_types", (), kinds.exceptions),
        services=offered("services", (), kinds.services),
        worker_options=offered("worker_options", {}, kinds.options_of_workers),
        client_options=offered("client_options", {}, kinds.options_of_clients),
        subject_of=offered("subject_of", _itself, kinds.function_of_one),
        workers=offered("workers", None, kinds.function_or_none),
        schedules=offered("schedules", {}, schedule.schedules),
    )


def no_ports(settings: Any) -> None:
    """The gateways of an application that offers none: its activities are asked for with ``None``."""
    return


def _itself(workflow_id: str) -> str:
    return workflow_id
