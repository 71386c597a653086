"""The server takes only so many calls of the namespace in a second for a while, as when a cluster is shared or small.

The key is `frontend.namespaceRPS`, in the file of dynamic configuration that the server reads again every 5 s. Each of
its limiters asks for its rate only once a minute (`defaultRefreshInterval` in the server's common/quotas), so the fault
needs up to 65 s to land and as long to heal; both are waited for. Calls for tasks have a lower priority than starts,
signals and completions: what the application asks for goes on for longer than what its workers do.

Looking for the limit uses it up for a moment. So the waiting is done with calls of the lowest priority, which take
nothing from the others, and what is refused before the limit has filled again, or after healing began, is not counted.

Not covered: limits of visibility (`frontend.namespaceRPS.visibility`), and other frontends than the one that the
links lead to.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from chaos.server.rate_probes import PROBES, limited
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Strike
from harness.stack.insides import Insides, insides_for
from harness.stack.metrics import read_metrics

KEY = "frontend.namespaceRPS"
# The limit of the whole cluster would take its place.
SET_ALREADY = re.compile(r"^frontend\.(global)?namespaceRPS:", re.IGNORECASE | re.MULTILINE)
PER_SECOND_AT_MOST = 50
# 5 s until the file is read, a minute until the last limiter asks, and room for a busy machine.
CHANGES_WITHIN_SECONDS = 90.0
FILE_READ_WITHIN_SECONDS = 6.0
PROBE_EVERY_SECONDS = 1.0
# A limit holds what it lets through in two seconds (`frontend.namespaceBurstRatio`).
FILLS_WITHIN_SECONDS = 2.0
REFUSED = "service_errors_resource_exhausted"
# What applications and their workers call, and no probe, nor the harness.
OF_APPLICATIONS = re.compile(
    "(Start|Signal|SignalWithStart|Update)WorkflowExecution|ExecuteMultiOperation|RecordActivityTaskHeartbeat"
    "|Poll(Workflow|Activity)TaskQueue|Respond(Workflow|Activity|Query)Task(Completed|Failed|Canceled)"
)


@dataclass
class NamespaceRateLimit:
    """``per_second`` is how many calls are let through, ``for_seconds`` for how long once it has landed.

    :raises UsageError: the limit is none or above 50, where probing it would be load of its own, or lasts no time.
    """

    per_second: int
    for_seconds: float
    _insides: Insides | None = None
    _whole: str = ""
    _namespace: str = ""
    _before: Counter[str] = field(default_factory=Counter)
    _refused: Counter[str] = field(default_factory=Counter)
    _since_seconds: float | None = None
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        if not 1 <= self.per_second <= PER_SECOND_AT_MOST or self.for_seconds <= 0:
            raise UsageError(
                f"a namespace cannot be held to {self.per_second} calls a second for {self.for_seconds:g} s; "
                f"give per_second in 1..{PER_SECOND_AT_MOST} and for_seconds > 0"
            )

    words: ClassVar[tuple[str, str]] = ("time calls were limited", "times calls were limited")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"the namespace is held to {self.per_second} calls a second for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the limit stays once it is there."""
        return self.for_seconds

    @property
    def since_seconds(self) -> float | None:
        """When the limit was written: each of the server's limiters takes it on at a time of its own."""
        return self._since_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The namespace, from when the limit was written until bursts of every priority passed again."""
        return strikes("namespace", [self._namespace], self._since_seconds, self._healed_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Write the limit, and wait until calls are refused for it.

        :raises UsageError: the stack lets nobody at its settings, or they have such a limit already.
        :raises EnvironmentMissing: the frontend does not answer, or goes on taking all calls.
        """
        insides = insides_for("namespace-rate-limit", site.insides)
        await self._stack.enter_async_context(insides.dynamic_config_lock)
        whole = insides.dynamic_config.read_text(encoding="utf-8")
        if SET_ALREADY.search(whole):
            raise UsageError(f"{insides.dynamic_config} has a limit of the namespace already; take {KEY} out of it")
        self._insides, self._whole, began = insides, whole, time.monotonic()
        self._namespace, self._since_seconds = site.client.namespace, began
        _replace(insides.dynamic_config, f"{whole}\n{KEY}:\n  - value: {self.per_second}\n")
        # Between these, all that is limited at all: each call counts for the priorities below its own too.
        await self._until(site, limit=True, priorities=(max(PROBES), min(PROBES)))
        took_seconds = time.monotonic() - began
        await asyncio.sleep(FILLS_WITHIN_SECONDS)
        self._before, self._injected_seconds = await _refusals(site, insides), time.monotonic()
        return (
            f"calls of the highest and of the lowest priority were refused with RESOURCE_EXHAUSTED, "
            f"{took_seconds:.0f} s after {KEY} was set to {self.per_second}"
        )

    async def heal(self, site: Site) -> None:
        """Put the file back, and wait until bursts of every priority pass again. Idempotent.

        :raises EnvironmentMissing: the frontend does not answer, or goes on refusing calls.
        """
        if self._insides is not None and self._healed_seconds is None:
            if self._insides.dynamic_config.read_text(encoding="utf-8") != self._whole:
                if self._injected_seconds is not None:
                    with contextlib.suppress(EnvironmentMissing):
                        self._refused = await _refusals(site, self._insides) - self._before
                _replace(self._insides.dynamic_config, self._whole)
            await self._until(site, limit=False, priorities=sorted(PROBES, reverse=True))
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The calls of the application that were refused, by the server's own count, and what else was noticed."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        words = [f"{count} {operation} refused" for operation, count in sorted(self._refused.items())]
        words += filter(None, [noticed(site, self._injected_seconds, self._healed_seconds)])
        return ", ".join(words) or None

    async def _until(self, site: Site, *, limit: bool, priorities: Iterable[int]) -> None:
        """Wait until there is a ``limit`` on the calls of these priorities one after the other, or none."""
        left = list(priorities)
        # Until then the server may not have read the file, and a limiter may still ask for what stood in it before.
        read_seconds = time.monotonic() + FILE_READ_WITHIN_SECONDS

        async def changed() -> bool:
            while left and await limited(site.client, left[0], self.per_second) is limit:
                del left[0]
            return not left

        await eventually(
            lambda: limit or time.monotonic() >= read_seconds,
            what="the server to have read its settings",
            timeout_seconds=CHANGES_WITHIN_SECONDS,
        )
        await eventually(
            changed,
            what=f"calls of the namespace to {'be refused' if limit else 'pass again'}",
            timeout_seconds=CHANGES_WITHIN_SECONDS,
            interval_seconds=PROBE_EVERY_SECONDS,
            ignore=(EnvironmentMissing,),
        )


async def _refusals(site: Site, insides: Insides) -> Counter[str]:
    """How many calls of the application the frontends have refused for a limit so far, by operation."""
    count: Counter[str] = Counter()
    for name, url in insides.metrics.items():
        if name.startswith("frontend"):
            for sample in await read_metrics(site.http, url, REFUSED):
                operation = sample.labels.get("operation", "")
                ours = sample.name == REFUSED and sample.labels.get("namespace") == site.client.namespace
                if ours and OF_APPLICATIONS.fullmatch(operation):
                    count[operation] += int(sample.value)
    return count


def _replace(file: Path, text: str) -> None:
    """Write the file so that nobody reads half of it."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)
