"""The limit lands, heals and is refused as it should be: against a made-up frontend that reads the real file."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import temporalio.client
from temporalio.service import RPCError, RPCStatusCode

from chaos.server import namespace_rate_limit
from chaos.server.namespace_rate_limit import KEY, NamespaceRateLimit
from chaos.server.rate_probes import PROBES, limited
from harness.errors import UsageError, WaitTimeout
from harness.experiment.site import Site
from harness.stack.insides import Insides

WHOLE = "limit.maxIDLength:\n  - value: 255\n"


@dataclass
class FakeFrontend:
    """Takes twice as many calls at once as its file allows in a second, and refuses the rest; its own client, too.

    ``deaf`` does not read the file any more; ``answer`` is what it says to what it does not refuse.
    """

    file: Path
    namespace: str = "default"
    deaf: bool = False
    answer: RPCStatusCode = RPCStatusCode.INVALID_ARGUMENT
    asked: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    _limit: int | None = None
    _since: float = 0.0
    _taken: Counter[str] = field(default_factory=Counter)

    @property
    def workflow_service(self) -> FakeFrontend:
        return self

    def __getattr__(self, operation: str) -> Callable[..., Coroutine[Any, Any, None]]:
        async def call(request: object, **options: object) -> None:
            self._call(operation)

        return call

    def metrics(self, request: httpx.Request) -> httpx.Response:
        labels = 'namespace="default",operation="StartWorkflowExecution",resource_exhausted_cause="RpsLimit"'
        others = 'namespace="default",operation="DescribeWorkflowExecution",resource_exhausted_cause="RpsLimit"'
        name = "service_errors_resource_exhausted"
        return httpx.Response(200, text=f"{name}{{{labels}}} {self.refused}\n{name}{{{others}}} 99\n")

    def _call(self, operation: str) -> None:
        if not self.deaf:
            found = re.search(rf"^{KEY}:\n  - value: (\d+)$", self.file.read_text(), re.MULTILINE)
            self._limit = int(found[1]) if found else None
        self.asked[operation] += 1
        if time.monotonic() > self._since + 1.0:
            self._since, self._taken = time.monotonic(), Counter()
        self._taken[operation] += 1
        full = self._limit is not None and self._taken[operation] > 2 * self._limit
        raise RPCError("no", RPCStatusCode.RESOURCE_EXHAUSTED if full else self.answer, b"")


@dataclass(frozen=True)
class FakeSite:
    """What the fault touches of a site."""

    client: FakeFrontend
    folder: Path
    http: httpx.AsyncClient
    insides: Insides | None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeFrontend:
    monkeypatch.setattr(namespace_rate_limit, "CHANGES_WITHIN_SECONDS", 60.0)
    monkeypatch.setattr(namespace_rate_limit, "FILE_READ_WITHIN_SECONDS", 0.05)
    monkeypatch.setattr(namespace_rate_limit, "PROBE_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(namespace_rate_limit, "FILLS_WITHIN_SECONDS", 0.01)
    file = tmp_path / "dynamic.yaml"
    file.write_text(WHOLE)
    return FakeFrontend(file)


@pytest.fixture
def site(frontend: FakeFrontend, tmp_path: Path) -> Site:
    http = httpx.AsyncClient(transport=httpx.MockTransport(frontend.metrics))
    insides = Insides("", frontend.file, {"frontend": "http://frontend/metrics", "history": "ftp://nobody-asks"})
    return cast(Site, FakeSite(frontend, tmp_path, http, insides))


async def test_it_is_there_and_then_gone_for_every_priority(site: Site, frontend: FakeFrontend) -> None:
    fault = NamespaceRateLimit(2, 5.0)
    evidence = await fault.inject(site, None)
    assert f"after {KEY} was set to 2" in evidence
    assert frontend.file.read_text() == f"{WHOLE}\n{KEY}:\n  - value: 2\n"
    assert set(frontend.asked) == {"get_workflow_execution_history", "respond_activity_task_completed_by_id"}
    frontend.refused = 4
    for _ in range(2):
        await fault.heal(site)
        assert frontend.file.read_text() == WHOLE
    assert len(frontend.asked) == len(PROBES)
    assert fault.felt(site) == "4 StartWorkflowExecution refused"
    assert site.insides is not None
    assert not site.insides.dynamic_config_lock.locked()
    (strike,) = fault.struck
    assert (strike.kind, strike.name) == ("namespace", site.client.namespace)
    assert strike.since_seconds == fault.since_seconds
    assert strike.since_seconds < (strike.until_seconds or 0.0)


async def test_what_was_refused_before_or_to_others_is_not_felt(site: Site, frontend: FakeFrontend) -> None:
    frontend.refused = 4
    fault = NamespaceRateLimit(2, 5.0)
    await fault.inject(site, None)
    await fault.heal(site)
    assert fault.felt(site) is None


async def test_while_it_waits_it_takes_nothing_from_the_calls_that_matter(
    site: Site, frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_rate_limit, "CHANGES_WITHIN_SECONDS", 0.2)
    frontend.deaf = True
    with pytest.raises(WaitTimeout):
        await NamespaceRateLimit(2, 5.0).inject(site, None)
    assert set(frontend.asked) == {"get_workflow_execution_history"}


async def test_a_limit_that_is_not_there_has_not_landed(
    site: Site, frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_rate_limit, "CHANGES_WITHIN_SECONDS", 0.2)
    frontend.deaf = True
    fault = NamespaceRateLimit(2, 5.0)
    with pytest.raises(WaitTimeout, match="calls of the namespace to be refused"):
        await fault.inject(site, None)
    frontend.deaf = False
    await fault.heal(site)
    assert frontend.file.read_text() == WHOLE


async def test_a_limit_that_stays_is_not_healed(
    site: Site, frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = NamespaceRateLimit(2, 5.0)
    await fault.inject(site, None)
    frontend.deaf = True
    with monkeypatch.context() as short:
        short.setattr(namespace_rate_limit, "CHANGES_WITHIN_SECONDS", 0.2)
        with pytest.raises(WaitTimeout, match="calls of the namespace to pass again"):
            await fault.heal(site)
    assert fault.felt(site) is None
    frontend.deaf = False
    await fault.heal(site)


async def test_a_frontend_that_does_not_answer_proves_nothing(
    site: Site, frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = NamespaceRateLimit(2, 5.0)
    await fault.inject(site, None)
    frontend.answer = RPCStatusCode.UNAVAILABLE
    with monkeypatch.context() as short:
        short.setattr(namespace_rate_limit, "CHANGES_WITHIN_SECONDS", 0.2)
        with pytest.raises(WaitTimeout, match="answered with UNAVAILABLE"):
            await fault.heal(site)


async def test_on_a_slow_machine_a_burst_that_passes_proves_nothing(
    frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cast(temporalio.client.Client, frontend)
    ticks = iter([10.0, 10.1, 100.0, 109.0])
    monkeypatch.setattr("chaos.server.rate_probes.time", FakeTime(lambda: next(ticks)))
    assert await limited(client, 1, 5) is False
    assert await limited(client, 1, 5) is None


@dataclass(frozen=True)
class FakeTime:
    """A clock of our own."""

    monotonic: Callable[[], float]


@pytest.mark.parametrize("key", ["frontend.namespaceRPS", "frontend.globalNamespaceRPS", "frontend.NamespaceRps"])
async def test_a_limit_of_the_project_itself_is_left_alone(site: Site, frontend: FakeFrontend, key: str) -> None:
    own = f"{WHOLE}{key}:\n  - value: 100\n"
    frontend.file.write_text(own)
    fault = NamespaceRateLimit(2, 5.0)
    with pytest.raises(UsageError, match=r"has a limit of the namespace already; take frontend\.namespaceRPS out"):
        await fault.inject(site, None)
    await fault.heal(site)
    assert frontend.file.read_text() == own


async def test_two_limits_wait_for_each_other(site: Site) -> None:
    first, second = NamespaceRateLimit(2, 5.0), NamespaceRateLimit(3, 5.0)
    await first.inject(site, None)
    waiting = asyncio.create_task(second.inject(site, None))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    await first.heal(site)
    assert "was set to 3" in await asyncio.wait_for(waiting, 60.0)
    await second.heal(site)


async def test_a_stack_that_lets_nobody_in_is_refused(site: Site) -> None:
    fault = NamespaceRateLimit(2, 5.0)
    with pytest.raises(UsageError, match="the stack `full` does"):
        await fault.inject(cast(Site, replace(cast(Any, site), insides=None)), None)
    await fault.heal(site)


@pytest.mark.parametrize(("per_second", "for_seconds"), [(0, 5.0), (51, 5.0), (5, 0.0)])
def test_parameters_that_make_no_sense_are_refused_when_the_fault_is_made(per_second: int, for_seconds: float) -> None:
    with pytest.raises(UsageError, match=r"give per_second in 1\.\.50 and for_seconds > 0"):
        NamespaceRateLimit(per_second, for_seconds)
