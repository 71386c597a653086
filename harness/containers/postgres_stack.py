"""A Temporal server on PostgreSQL, as containers: the database, its schema, and the server with all roles in one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from temporalio.service import RPCError
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from harness.containers.images import image_called
from harness.containers.owner import labels
from harness.containers.publishing import address_of, prepare
from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack import first_workflow
from harness.stack.client import open_client
from harness.stack.endpoints import NAMESPACE
from harness.stack.namespace import make_namespace, register_namespace
from harness.stack.schema import PLUGIN, SCHEMAS, errors_in
from harness.stack.server_config import DYNAMIC_CONFIG, config_folder

POSTGRES_PORT, PORT = 5432, 7233
USER = PASSWORD = "temporal"
POSTGRES_ALIAS, ALIAS = "postgresql", "temporal-server"
MAIN, VISIBILITY = SCHEMAS
STARTED_WITHIN_SECONDS = 180.0
DYNAMIC_CONFIG_PATH = "/etc/temporal/config/dynamicconfig/assay.yaml"


class TemporalPostgresStack:
    """
    PostgreSQL, Temporal's schema and Temporal's server on one network.

    Example:

        .. code-block:: python

            with TemporalPostgresStack() as stack:
                client = await Client.connect(stack.get_address())
    """

    def __init__(self, network: Network | None = None, search_attributes: Mapping[str, str] | None = None) -> None:
        """Describe it; nothing is started yet.

        :param network: where the containers are "postgresql" and "temporal-server"; its own, if none is given.
        :param search_attributes: those of the namespace "default": name → type, such as "Keyword".
        """
        self._network = network
        self._search_attributes = search_attributes or {}
        self._stack = contextlib.ExitStack()
        self.postgres: PostgresContainer
        self.server: DockerContainer

    def get_address(self) -> str:
        """``HOST:PORT`` for a client; the namespace is "default"."""
        return address_of(self.server, PORT)

    def get_database_url(self) -> str:
        """Of the database with all executions: ``postgresql://temporal:temporal@HOST:PORT/temporal``."""
        return f"postgresql://{USER}:{PASSWORD}@{address_of(self.postgres, POSTGRES_PORT)}/{MAIN}"

    def __enter__(self) -> Self:
        """Start everything, and see a first workflow completed.

        :raises ContainersMissing: an image is missing.
        :raises EnvironmentMissing: the schema could not be made, or it took too long.
        """
        with contextlib.ExitStack() as stack:
            network = self._network or stack.enter_context(Network(docker_network_kw={"labels": labels()}))
            self.postgres = stack.enter_context(_postgres(network))
            with _tools(network) as tools:
                _set_up_schema(tools)
            self.server = stack.enter_context(_server(network))
            _wait_until_it_works(self.get_address(), self._search_attributes)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        """Remove everything, with the data."""
        self._stack.close()


def _postgres(network: Network) -> PostgresContainer:
    image = image_called("postgres")
    container = PostgresContainer(image, username=USER, password=PASSWORD, dbname=MAIN, driver=None)
    prepare(container)
    return container.with_network(network).with_network_aliases(POSTGRES_ALIAS)


def _tools(network: Network) -> DockerContainer:
    """A container that does nothing by itself, to run the schema's tool in."""
    container = DockerContainer(image_called("admin-tools")).with_network(network)
    container.with_envs(
        SQL_PLUGIN=PLUGIN, SQL_HOST=POSTGRES_ALIAS, SQL_PORT=f"{POSTGRES_PORT}", SQL_USER=USER, SQL_PASSWORD=PASSWORD
    )
    prepare(container)
    return container


def _set_up_schema(tools: DockerContainer) -> None:
    """Make both databases what the server needs; PostgreSQL has made the first.

    :raises EnvironmentMissing: the tool failed, or said that something did.
    """
    for database, schema in SCHEMAS.items():
        create = [] if database == MAIN else [["create"]]
        for arguments in (*create, ["setup-schema", "-v", "0.0"], ["update-schema", "--schema-name", schema]):
            ended = tools.exec(["temporal-sql-tool", "--db", database, *arguments])
            written = ended.output.decode(errors="replace")
            if ended.exit_code or errors_in(written):
                said = " ".join(errors_in(written) or written.splitlines()[-1:])
                trouble = f"failed with exit code {ended.exit_code}: {said}"
                raise EnvironmentMissing(f"temporal-sql-tool {arguments[0]} of {database} {trouble}")


def _server(network: Network) -> DockerContainer:
    container = DockerContainer(image_called("server")).with_exposed_ports(PORT)
    container.with_envs(
        DB=PLUGIN,
        DB_PORT=f"{POSTGRES_PORT}",
        POSTGRES_SEEDS=POSTGRES_ALIAS,
        POSTGRES_USER=USER,
        POSTGRES_PWD=PASSWORD,
        DBNAME=MAIN,
        VISIBILITY_DBNAME=VISIBILITY,
        BIND_ON_IP="0.0.0.0",
        LOG_LEVEL="warn",
        DYNAMIC_CONFIG_FILE_PATH=DYNAMIC_CONFIG_PATH,
    )
    # Assay's own: a project's may name what is only on its stack.
    dynamic = (config_folder(Path(__file__).parent) / DYNAMIC_CONFIG).read_bytes()
    container.with_copy_into_container(dynamic, DYNAMIC_CONFIG_PATH)
    prepare(container)
    return container.with_network(network).with_network_aliases(ALIAS)


def _wait_until_it_works(address: str, search_attributes: Mapping[str, str]) -> None:
    """In a thread: the test that waits for this may have an event loop of its own."""
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_works(address, search_attributes))
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=run, name="first workflow")
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]


async def _works(address: str, search_attributes: Mapping[str, str]) -> None:
    async def connected() -> Any:
        client = await open_client(address)
        await make_namespace(client, NAMESPACE, search_attributes)
        await register_namespace(client, first_workflow.NAMESPACE)
        return client

    client = await eventually(
        connected,
        what=f"Temporal's server to serve on {address}",
        timeout_seconds=STARTED_WITHIN_SECONDS,
        ignore=(RPCError, RuntimeError),
    )
    await first_workflow.complete_a_workflow(client, timeout_seconds=STARTED_WITHIN_SECONDS)
