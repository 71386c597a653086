"""A process is restarted with errors and without: with a small one that writes its configuration as the server's do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

import chaos
from chaos.processes.testing_processes import SLEEPER
from chaos.server import persistence_faults
from chaos.server.persistence_faults import PersistenceFaults
from harness.errors import EnvironmentMissing, UsageError, WaitTimeout
from harness.experiment.site import Site
from harness.record.journal import FileJournal
from harness.stack.insides import Insides
from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.processes.restart import Singles

METHODS = {"UpdateWorkflowExecution": {"Timeout": 0.01, "ExecuteAndTimeout": 0.02}}
INJECTION = {
    "targets": {
        "dataStores": {
            "ExecutionStore": {
                "methods": {
                    "UpdateWorkflowExecution": {"seed": 7, "errors": {"Timeout": 0.01, "ExecuteAndTimeout": 0.02}}
                }
            }
        }
    }
}


@dataclass(frozen=True)
class SmallSite:
    """What the fault touches of a site."""

    singles: Singles
    folder: Path
    http: httpx.AsyncClient
    insides: Insides | None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Bench:
    """A site with one process, ``history``.

    ``errors`` is how often it says it has failed; ``template`` whether its configuration takes the errors in;
    ``comes_up`` whether it can be started.
    """

    site: Site
    errors: int = 3
    template: bool = True
    comes_up: bool = True

    @property
    def insides(self) -> Insides:
        assert self.site.insides is not None
        return self.site.insides

    @property
    def config(self) -> str:
        return self.insides.configs["history"].read_text()

    async def start(self, processes: Processes, folder: Path) -> ManagedProcess:
        injected = self.insides.fault_injection.get("history") if self.template else None
        self.insides.configs["history"].write_text(f"faultInjection: {json.dumps(injected)}\n")
        if not self.comes_up:
            raise EnvironmentMissing("history ended before it served")
        return await processes.start("history", SLEEPER, folder=folder)

    def metrics(self, request: httpx.Request) -> httpx.Response:
        def line(operation: str, kind: str, count: int) -> str:
            return f'persistence_error_with_type{{error_type="{kind}",operation="{operation}"}} {count}\n'

        others = line("UpdateWorkflowExecution", "persistence_WorkflowConditionFailedError", 9)
        others += line("GetWorkflowExecution", "persistence_TimeoutError", 9)
        ours = line("UpdateWorkflowExecution", "persistence_TimeoutError", self.errors)
        return httpx.Response(200, text=others + ours)


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(persistence_faults, "ERROR_WITHIN_SECONDS", 0.3)
    journal = FileJournal(tmp_path / "journal" / "harness.jsonl", "harness")
    processes = Processes(f"test-{tmp_path.name}", tmp_path / "logs", journal)
    singles = Singles(processes)
    metrics = {"history": "http://history/metrics"}
    insides = Insides("", tmp_path / "none.yaml", metrics, {"history": tmp_path / "history.yaml"})
    made: Bench
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: made.metrics(request))) as http:
        made = Bench(cast(Site, SmallSite(singles, tmp_path, http, insides)))
        try:
            await singles.add("history", lambda: made.start(processes, tmp_path))
            yield made
        finally:
            await processes.stop_all(grace_seconds=1.0)
    journal.close()


def fault_of(**parameters: Any) -> PersistenceFaults:
    return PersistenceFaults(**{"methods": METHODS, "for_seconds": 1.0, "seed": 7, **parameters})


async def test_it_runs_with_the_errors_and_then_without(bench: Bench) -> None:
    fault = fault_of()
    assert bench.config == "faultInjection: null\n"
    landed = await fault.inject(bench.site, None)
    assert landed == (
        "history runs with fault injection (history.yaml) and has counted 3 UpdateWorkflowExecution TimeoutError"
    )
    assert bench.config == f"faultInjection: {json.dumps(INJECTION)}\n"
    bench.errors = 5
    for _ in range(2):
        await fault.heal(bench.site)
        assert bench.config == "faultInjection: null\n"
        assert bench.insides.fault_injection == {}
        assert bench.site.singles.alive("history")
    assert fault.felt(bench.site) == "5 UpdateWorkflowExecution TimeoutError"
    assert not bench.site.singles.lock("history").locked()
    (strike,) = fault.struck
    assert (strike.kind, strike.name, strike.ends) == ("process", "history", ("server",))
    assert strike.since_seconds < (strike.until_seconds or 0.0)


async def test_a_process_that_fails_at_nothing_has_not_landed(bench: Bench) -> None:
    bench.errors = 0
    fault = fault_of()
    with pytest.raises(WaitTimeout, match="history to fail at its database"):
        await fault.inject(bench.site, None)
    await fault.heal(bench.site)
    assert fault.felt(bench.site) is None
    assert bench.config == "faultInjection: null\n"


async def test_a_template_without_room_for_errors_is_told(bench: Bench) -> None:
    bench.template = False
    fault = fault_of()
    with pytest.raises(EnvironmentMissing, match=r"does its template have \$\{fault_injection\}\?"):
        await fault.inject(bench.site, None)
    await fault.heal(bench.site)


async def test_a_process_that_does_not_come_up_with_errors_comes_up_without(bench: Bench) -> None:
    bench.comes_up = False
    fault = fault_of()
    with pytest.raises(EnvironmentMissing, match="ended before it served"):
        await fault.inject(bench.site, None)
    with pytest.raises(EnvironmentMissing, match="ended before it served"):
        await fault.heal(bench.site)
    assert fault.felt(bench.site) is None
    bench.comes_up = True
    await fault.heal(bench.site)
    assert bench.site.singles.alive("history")


async def test_a_heal_that_does_nothing_is_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def idle(name: str) -> None:
        """Start nothing."""

    fault = fault_of()
    await fault.inject(bench.site, None)
    with monkeypatch.context() as broken:
        broken.setattr(bench.site.singles, "start", idle)
        with pytest.raises(EnvironmentMissing, match="was to be started without fault injection"):
            await fault.heal(bench.site)
    await fault.heal(bench.site)
    assert bench.config == "faultInjection: null\n"


async def test_what_is_no_process_of_the_server_is_refused_by_name(bench: Bench) -> None:
    bench.insides.configs.pop("history")  # type: ignore[attr-defined]
    fault = fault_of()
    with pytest.raises(UsageError, match="history is not a process of the server"):
        await fault.inject(bench.site, None)
    await fault.heal(bench.site)
    none = fault_of()
    with pytest.raises(UsageError, match="the stack `full` does"):
        await none.inject(cast(Site, replace(cast(Any, bench.site), insides=None)), None)
    await none.heal(bench.site)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"methods": {}}, "no errors; give method"),
        ({"methods": {"UpdateWorkflowExecution": {}}}, "no errors; give method"),
        ({"methods": {"UpdateWorkflowExecution": {"Timeout": 0.0}}}, "give one above 0, at most 1"),
        ({"methods": {"UpdateWorkflowExecution": {"Timeout": 0.6, "Unavailable": 0.6}}}, "more errors than calls"),
        ({"methods": {"UpdateWorkflowExecution": {"Earthquake": 0.1}}}, "'Earthquake'; there are Timeout"),
        ({"store": "BookStore"}, "a store 'BookStore'; there are ExecutionStore"),
        ({"seed": 0}, "the server would take the clock"),
        ({"for_seconds": 0.0}, "which is no time"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_when_the_fault_is_made(
    parameters: Mapping[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        fault_of(**parameters)


def test_each_store_is_called_by_a_process_of_its_own() -> None:
    methods = {"CreateTasks": {"Timeout": 0.1}}
    fault = chaos.make_fault(
        "persistence-faults", {"methods": methods, "store": "TaskStore", "for_seconds": 2.0, "seed": 1}
    )
    assert fault.description == "matching fails at its database for 2 s: 10.00% of CreateTasks with Timeout"
