"""What each thing must be that an application offers: asked when the application is loaded, and told by its name.

Each function returns what it was given, read once and for all where that is more than one thing, or raises
``TypeError`` with words that say what to offer instead.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

import temporalio.client
import temporalio.converter
import temporalio.worker

from harness.application.queue import Queue
from harness.names import nearest_first
from harness.words import printable

OF_WORKERS = frozenset(inspect.signature(temporalio.worker.Worker).parameters) - {"client", "task_queue", "activities"}
OF_CLIENTS = frozenset(inspect.signature(temporalio.client.Client.connect).parameters) - {
    "data_converter",
    "identity",
    "lazy",
    "runtime",
}
"""What Assay gives itself is left out of both: an application cannot say it again."""


def mapping(value: Any) -> Mapping[Any, Any]:
    """A mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a mapping, not {value!r}")
    return dict(value)


def queues(value: Any) -> Mapping[str, Queue]:
    """Task queue → what it serves: classes of workflows, and names of activities."""
    served: dict[str, Queue] = {}
    for name, queue in mapping(value).items():
        if not isinstance(name, str) or name != printable(name).strip() or not name:
            raise TypeError(f"the name of a queue must be a text of at least one character, not {name!r}")
        workflows, activities = (
            _part(name, queue, "workflows", "(Order,)"),
            _part(name, queue, "activities", '("pack",)'),
        )
        _require_names(name, activities)
        served[name] = Queue(workflows, activities)
    return served


def _part(name: str, queue: Any, word: str, example: str) -> tuple[Any, ...]:
    if not hasattr(queue, word):
        raise TypeError(f"the queue {name!r} has no `{word}`: make it an assay.Queue, not {queue!r}")
    served = getattr(queue, word)
    if isinstance(served, str) or not isinstance(served, Collection):
        told = f"the `{word}` of the queue {name!r} must be a tuple such as {example}, not {served!r}"
        raise TypeError(f"{told}; mind the comma")
    return tuple(served)


def _require_names(queue: str, activities: Sequence[Any]) -> None:
    for each in activities:
        if not isinstance(each, str):
            meant = getattr(each, "__name__", None)
            told = f"the queue {queue!r} serves activities by name: write {meant!r}" if meant else f"{queue!r}: a name"
            raise TypeError(f"{told}, not {each!r}")


def function(value: Any) -> Callable[..., Any]:
    """A function."""
    if not callable(value):
        raise TypeError(f"must be a function, not {value!r}")
    return cast(Callable[..., Any], value)


def function_of_one(value: Any) -> Callable[..., Any]:
    """A function that can be called with one argument."""
    try:
        inspect.signature(function(value)).bind(None)
    except ValueError:
        return function(value)  # One in C may not say what it takes.
    except TypeError as error:
        if not callable(value):
            raise
        raise TypeError(f"{error}; it is given one argument, so in a class say staticmethod(…)") from None
    return function(value)


def function_or_none(value: Any) -> Callable[..., Any] | None:
    """A function, where there is one."""
    return None if value is None else function(value)


def text_or_none(value: Any) -> str | None:
    """A text, where there is one."""
    if not isinstance(value, str | None):
        raise TypeError(f"must be a text, not {value!r}")
    return value


def converter(value: Any) -> temporalio.converter.DataConverter:
    """A data converter of the SDK."""
    if not isinstance(value, temporalio.converter.DataConverter):
        raise TypeError(f"must be a temporalio.converter.DataConverter, made with its (…), not {value!r}")
    return value


def interceptors(value: Any) -> tuple[Any, ...]:
    """Interceptors of workers, as objects."""
    given = tuple(value)
    for each in given:
        if inspect.isclass(each) or not callable(getattr(each, "workflow_interceptor_class", None)):
            raise TypeError(f"must be objects of a temporalio.worker.Interceptor, not {each!r}")
    return given


def exceptions(value: Any) -> tuple[type[BaseException], ...]:
    """Types of exceptions."""
    given = tuple(value)
    for each in given:
        if not (inspect.isclass(each) and issubclass(each, BaseException)):
            raise TypeError(f"must be classes of exceptions, not {each!r}")
    return given


def services(value: Any) -> tuple[Any, ...]:
    """Processes beside the workers."""
    given = tuple(value)
    for each in given:
        if lacks := [word for word in ("name", "command", "ready_url") if not hasattr(each, word)]:
            raise TypeError(f"{each!r} lacks {', '.join(lacks)}; see Service in harness/application/contract.py")
    return given


def options_of_workers(value: Any) -> dict[str, Any]:
    """Options of ``temporalio.worker.Worker``."""
    return _options(value, OF_WORKERS, "temporalio.worker.Worker")


def options_of_clients(value: Any) -> dict[str, Any]:
    """Options of ``Client.connect``."""
    return _options(value, OF_CLIENTS, "Client.connect")


def _options(value: Any, known: frozenset[str], of: str) -> dict[str, Any]:
    given = dict(mapping(value))
    for name in given:
        if name not in known:
            raise TypeError(f"{of} is given no option {name!r} here; there are {nearest_first(name, sorted(known))}")
    return given
