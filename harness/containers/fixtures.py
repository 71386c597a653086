"""The pytest plugin's fixtures that are containers: of Temporal, of Temporal on PostgreSQL, and of Toxiproxy.

`harness.plugin` has pytest load them. Without a daemon, an image or the extra `containers` a test that asks for one is
skipped, with the reason; with ``CI=true`` it fails. Everything is imported where it is used, as in that plugin.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from testcontainers.core.network import Network

    from harness.containers.postgres_stack import TemporalPostgresStack
    from harness.containers.temporal import TemporalContainer
    from harness.containers.toxiproxy import ToxiproxyContainer


@pytest.fixture(scope="session")
def container_network() -> Iterator[Network]:
    """The Docker network that the containers below share: there they are "temporal", "temporal-server" …"""
    with _started("session", "container_session") as network:
        yield network


@pytest.fixture(scope="session")
def temporal_container(container_network: Network, pytestconfig: pytest.Config) -> Iterator[TemporalContainer]:
    """Temporal's development server as a container, "temporal:7233" on its network, with the application's attributes.

    All tests of a process share it; one that breaks it starts its own: ``with TemporalContainer() as temporal``.
    """

    def described(kind: type[TemporalContainer]) -> TemporalContainer:
        container = kind().with_search_attributes(_attributes(pytestconfig))
        return container.with_network(container_network).with_network_aliases("temporal")

    with _started("temporal", "TemporalContainer", described) as container:
        yield container


@pytest.fixture(scope="session")
def temporal_postgres_stack(container_network: Network, pytestconfig: pytest.Config) -> Iterator[TemporalPostgresStack]:
    """PostgreSQL, Temporal's schema and server as containers, "temporal-server:7233" and "postgresql:5432"."""

    def described(kind: type[TemporalPostgresStack]) -> TemporalPostgresStack:
        return kind(container_network, _attributes(pytestconfig))

    with _started("postgres_stack", "TemporalPostgresStack", described) as stack:
        yield stack


@pytest.fixture(scope="session")
def toxiproxy_container(container_network: Network) -> Iterator[ToxiproxyContainer]:
    """Toxiproxy as a container, with ports for eight proxies before others of its network."""

    def described(kind: type[ToxiproxyContainer]) -> ToxiproxyContainer:
        return kind().with_network(container_network).with_network_aliases("toxiproxy")

    with _started("toxiproxy", "ToxiproxyContainer", described) as container:
        yield container


@contextlib.contextmanager
def _started(
    module: str, name: str, describe: Callable[[Any], AbstractContextManager[Any]] = lambda kind: kind()
) -> Iterator[Any]:
    """What a class of ``harness.containers`` describes, started; without Docker a skip, or in CI a failure."""
    from harness.containers.missing import ContainersMissing

    with contextlib.ExitStack() as stack:
        try:
            kind = getattr(importlib.import_module(f"harness.containers.{module}"), name)
            started = stack.enter_context(describe(kind))
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in ("docker", "testcontainers"):
                raise
            _without_containers(f"it needs the extra `containers`: pip install 'temporal-assay[containers]' ({error})")
        except ContainersMissing as error:
            _without_containers(str(error))
        yield started


def _without_containers(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"no containers, and with CI=true nothing may be skipped: {reason}", pytrace=False)
    pytest.skip(f"no containers: {reason}")


def _attributes(config: pytest.Config) -> Mapping[str, str]:
    """The search attributes of the project's application; none outside of a project."""
    from harness.application.contract import load_application
    from harness.application.project import put_on_path
    from harness.config import load_config
    from harness.errors import UsageError

    try:
        project = load_config(config.rootpath)
    except UsageError:
        return {}
    put_on_path(project.root)
    return load_application(project.app).search_attributes
