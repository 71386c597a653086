"""A server process gets errors from its database for a while, though the database is well: the server's own injection.

The process makes them itself (`faultInjection` in its configuration), call by call, at rates and with a seed that stand
in the plan. The worst is ``ExecuteAndTimeout``: written, and yet the caller sees a time-out. The configuration is read
at the start only, so the process is restarted twice, gracefully, and that is part of the fault.

A little goes a long way: 5 % of all updates is more than work can get on with. Not covered: calls of visibility, and
errors that depend on what is called for.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from chaos.processes.process_restart import STOP_GRACE_SECONDS
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Strike
from harness.stack.insides import Insides, insides_for
from harness.stack.metrics import read_metrics
from harness.stack.processes.restart import SERVER_SIDE

# What the server knows (common/persistence/faultinjection/fault.go, 1.32), and as what it counts them in
# `persistence_error_with_type`. A name that it does not know is a panic of the process.
ERRORS = {
    "Timeout": "persistence_TimeoutError",
    "ExecuteAndTimeout": "persistence_TimeoutError",
    "ResourceExhausted": "serviceerror_ResourceExhausted",
    "Unavailable": "serviceerror_Unavailable",
    "ShardOwnershipLost": "persistence_ShardOwnershipLostError",
}
# The process that makes most of the calls of each store.
STORES = {"ExecutionStore": "history", "ShardStore": "history", "TaskStore": "matching"}
COUNTED = "persistence_error_with_type"
ERROR_WITHIN_SECONDS = 30.0

Methods = Mapping[str, Mapping[str, float]]
"""Method of a store ("UpdateWorkflowExecution") → name of an error → the share of its calls that end so."""


@dataclass
class PersistenceFaults:
    """``methods`` are those of ``store`` that fail, ``seed`` decides which calls, ``process`` is who makes them.

    :raises UsageError: a store or an error that the server does not have, shares that make no sense, or no time.
    """

    methods: Methods
    for_seconds: float
    seed: int
    store: str = "ExecutionStore"
    process: str = ""
    _insides: Insides | None = None
    _errors: Counter[str] = field(default_factory=Counter)
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        problems = [*_problems(self.store, self.methods)]
        if self.seed < 1:
            problems.append(f"a seed of {self.seed}, where the server would take the clock instead")
        if self.for_seconds <= 0:
            problems.append(f"{self.for_seconds:g} s, which is no time")
        if problems:
            raise UsageError(f"the database of the server cannot fail with {'; '.join(problems)}")
        self.process = self.process or STORES[self.store]

    words: ClassVar[tuple[str, str]] = ("time the server's database failed it", "times the server's database failed it")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        shares = ", ".join(
            f"{share:.2%} of {method} with {error}"
            for method, errors in self.methods.items()
            for error, share in errors.items()
        )
        return f"{self.process} fails at its database for {self.for_seconds:g} s: {shares}"

    @property
    def lasts_seconds(self) -> float:
        """How long the process fails once it has failed for the first time."""
        return self.for_seconds

    @property
    def since_seconds(self) -> float | None:
        """When the process was asked to end, to come back with the errors."""
        return self._injected_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The process that failed, from when it was first asked to end until it was back as it was."""
        return strikes("process", [self.process], self._injected_seconds, self._healed_seconds, [SERVER_SIDE])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Restart the process with the errors in its configuration, and wait for the first of them.

        :raises UsageError: the stack lets nobody at its configuration, or has no process of this name.
        :raises EnvironmentMissing: the process does not end, does not come up with the errors, or fails at nothing.
        """
        insides = insides_for("persistence-faults", site.insides)
        await self._stack.enter_async_context(site.singles.lock(self.process))
        if self.process not in insides.configs:
            raise UsageError(f"{self.process} is not a process of the server; it has {', '.join(insides.configs)}")
        self._insides, self._injected_seconds = insides, time.monotonic()
        insides.fault_injection[self.process] = self._fault_injection()
        await site.singles.stop(self.process, grace_seconds=STOP_GRACE_SECONDS)
        await site.singles.start(self.process)
        file = insides.configs[self.process]
        if not self._is_in(file.read_text(encoding="utf-8")):
            raise EnvironmentMissing(f"{file} has no fault injection; does its template have ${{fault_injection}}?")
        errors = await eventually(
            lambda: self._count(site),
            what=f"{self.process} to fail at its database",
            timeout_seconds=ERROR_WITHIN_SECONDS,
            interval_seconds=0.25,
            ignore=(EnvironmentMissing,),
        )
        return f"{self.process} runs with fault injection ({file.name}) and has counted {_in_words(errors)}"

    async def heal(self, site: Site) -> None:
        """Restart the process with its ordinary configuration. Idempotent; returns once it serves.

        :raises EnvironmentMissing: it does not come up, or still has the errors in its configuration.
        """
        if self._insides is not None and self._healed_seconds is None:
            # A process that died meanwhile took its count with it.
            with contextlib.suppress(EnvironmentMissing):
                self._errors = await self._count(site) or self._errors
            self._insides.fault_injection.pop(self.process, None)
            # One that had to be killed is gone too, and that is all that is wanted here.
            with contextlib.suppress(EnvironmentMissing):
                await site.singles.stop(self.process, grace_seconds=STOP_GRACE_SECONDS)
            await site.singles.start(self.process)
            file = self._insides.configs[self.process]
            if not site.singles.alive(self.process) or self._is_in(file.read_text(encoding="utf-8")):
                raise EnvironmentMissing(f"{self.process} was to be started without fault injection; see {file}")
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The errors that the process counted, and what the application noticed."""
        if self._injected_seconds is None or self._healed_seconds is None or not self._errors:
            return None
        rest = noticed(site, self._injected_seconds, self._healed_seconds)
        return ", ".join([_in_words(self._errors), *filter(None, [rest])])

    def _fault_injection(self) -> Mapping[str, object]:
        methods = {name: {"seed": self.seed, "errors": dict(errors)} for name, errors in self.methods.items()}
        return {"targets": {"dataStores": {self.store: {"methods": methods}}}}

    def _is_in(self, config: str) -> bool:
        return json.dumps(self._fault_injection()) in config

    async def _count(self, site: Site) -> Counter[str]:
        """The errors of the injected types that the process has counted since its start, by operation and type."""
        assert self._insides is not None
        types = {ERRORS[error] for errors in self.methods.values() for error in errors}
        count: Counter[str] = Counter()
        for sample in await read_metrics(site.http, self._insides.metrics[self.process], COUNTED):
            operation, kind = sample.labels.get("operation", ""), sample.labels.get("error_type")
            if sample.name == COUNTED and operation in self.methods and kind in types:
                name = f"{operation} {kind.removeprefix('persistence_').removeprefix('serviceerror_')}"
                count[name] += int(sample.value)
        # The server also shows counts of 0.
        return +count


def _problems(store: str, methods: Methods) -> Iterator[str]:
    if store not in STORES:
        yield f"a store {store!r}; there are {', '.join(STORES)}"
    if not methods or not all(methods.values()):
        yield "no errors; give method → error → share of its calls"
    for method, errors in methods.items():
        for error, share in errors.items():
            if error not in ERRORS:
                yield f"{error!r}; there are {', '.join(ERRORS)}"
            if not 0 < share <= 1:
                yield f"{error} in a share of {share} of {method}; give one above 0, at most 1"
        if sum(errors.values()) > 1:
            yield f"more errors than calls of {method}"


def _in_words(errors: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(errors.items()))
