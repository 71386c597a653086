"""A family of workflows as one value: all that the application needs to know of it.

Each package under ``workflows`` with a module ``family`` is one; ``workflows.families`` finds them, so a family is
added by adding its folder. What is heavy to import (SQL, HTTP, PDF) stands behind functions, because runners look at
families without using them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from workflows.gateways.network import SOCKETS, Network
from workflows.kit.settings import Settings

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Engine, MetaData
    from starlette.routing import Route

    from workflows.gateways.mail import SmtpMail
    from workflows.gateways.ports import Archive


@dataclass(frozen=True)
class Queue:
    """What a worker of a task queue runs: workflow classes and the names of activities."""

    workflows: tuple[type, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True)
class Resources:
    """What one process shares among the families.

    :param books: the company's database, with the tables of all families.
    :param network: how other services are reached.
    :param closing: takes what has to be closed when the process ends.
    """

    settings: Settings
    books: Engine
    network: Network = SOCKETS
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    def http(self, base_url: str) -> httpx.AsyncClient:
        """A client for one service, closed when the process ends. Every family opens its clients here.

        :param base_url: of the service.
        """
        # Heavy imports stay out of processes that only want to look at a family.
        import httpx

        from workflows.gateways.failures import TIMEOUT

        opened = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, transport=self.network.http)
        self.closing.push_async_callback(opened.aclose)
        return opened

    def archive(self) -> Archive:
        """Where files are kept for good. Every family archives through it (tables: ``workflows.books.archive``)."""
        from workflows.books.archive import SqlArchive

        return SqlArchive(self.books)

    def mail(self) -> SmtpMail:
        """The way to the mail server. Every family mails through it."""
        from workflows.gateways.mail import SmtpMail

        smtp = self.settings.smtp
        return SmtpMail(smtp.host, smtp.port, self.settings.mail_sender, self.network.mail)


@dataclass(frozen=True)
class Family:
    """One family of workflows.

    :param queues: task queue -> what its worker runs. No two families have a queue, a workflow type or an activity name
        in common.
    :param ports: what the family's activities reach, made from what the process shares.
    :param activities: all of them, bound to such ports.
    :param search_attributes: name -> Temporal type, beside ``BusinessStatus``, which every family has.
    :param workflow_ids_begin: with this, and what follows is the id of the business object that the workflow is about.
    :param final_states: workflow type -> the values of ``BusinessStatus`` with which it may end.
    :param api: what the family's routes need of the process and of its client of Temporal; they find it as
        ``request.app.state.<name>``.
    :param routes: the family's part of the API.
    :param tables: the family's part of the books.
    """

    name: str
    queues: Mapping[str, Queue]
    ports: Callable[[Resources], Any]
    activities: Callable[[Any], Sequence[Callable[..., Any]]]
    workflow_ids_begin: str
    final_states: Mapping[str, frozenset[str]]
    search_attributes: Mapping[str, str] = field(default_factory=dict)
    api: Callable[[Resources, Client], Any] = lambda resources, client: None
    routes: Callable[[], Sequence[Route]] = tuple
    tables: Callable[[], Sequence[MetaData]] = tuple
