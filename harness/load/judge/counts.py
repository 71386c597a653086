"""What the server counts of a test, held against what we counted: a generator must not believe itself.

Data flow: measurements and the tag of the test → **counts** of the server's own visibility → ``ending``. A start
that failed, or was cut off, may have happened: it is what the two may differ by, and nothing else is.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from harness.errors import WaitTimeout
from harness.load.judge.verdict import Counted
from harness.load.measure.measurements import Kind, Measurements, RowSummary
from harness.poll import eventually

COUNT_TIMEOUT = timedelta(seconds=5)
INTERVAL_SECONDS = 0.5
COMPLETED = "Completed"

AGAIN = " again"
"""What a second start of a workflow is measured under, after its type: it begins none, so the server counts none."""


@dataclass(frozen=True)
class ServerCounts:
    """How many workflows of the test the server knows, by status; ``problem`` says why they could not be read."""

    by_status: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())


@dataclass(frozen=True)
class OurCounts:
    """How many workflows we have begun for certain and at most, and of how many we saw the end."""

    least: int
    most: int
    completed: int

    @staticmethod
    def of(measurements: Measurements) -> OurCounts:
        """From the rows of starts and completions."""
        rows = measurements.summaries()
        starts = [row for row in rows if row.row.kind is Kind.START and not row.row.name.endswith(AGAIN)]
        ended = [row for row in rows if row.row.kind is Kind.COMPLETION]
        return OurCounts(_succeeded(starts), sum(row.attempted for row in starts), _succeeded(ended))

    def beside(self, server: ServerCounts) -> tuple[Counted, ...]:
        """Ours and the server's, side by side; of what we cannot know for certain, what comes nearest to the server's.

        Both are one number each when no start failed or was cut off, and when every end was waited for.
        """
        if server.problem is not None:
            return ()
        completed = server.by_status.get(COMPLETED, 0)
        return (
            Counted("workflows started", min(max(server.total, self.least), self.most), server.total),
            Counted("workflows completed", min(max(completed, self.completed), self.most), completed),
        )

    def agree_with(self, server: ServerCounts) -> bool:
        """Whether both can be true."""
        return server.problem is None and all(each.ours == each.servers for each in self.beside(server))


async def settled_counts(
    client: Client, workflow_ids_begin: Sequence[str], ours: OurCounts, *, timeout_seconds: float
) -> ServerCounts:
    """The server's counts, as soon as they agree with ours, or as they are when the time is over.

    :param workflow_ids_begin: what the ids of the test's workflows begin with.
    """
    seen = ServerCounts(problem="nothing was asked")

    async def agreeing() -> bool:
        nonlocal seen
        seen = await _counts(client, workflow_ids_begin)
        return ours.agree_with(seen)

    with contextlib.suppress(WaitTimeout):
        await eventually(
            agreeing,
            what="the server's counts to agree with ours",
            timeout_seconds=timeout_seconds,
            interval_seconds=INTERVAL_SECONDS,
        )
    return seen


async def _counts(client: Client, workflow_ids_begin: Sequence[str]) -> ServerCounts:
    by_status: dict[str, int] = {}
    for beginning in workflow_ids_begin:
        # Runs that went on in another are the same workflow.
        query = f"WorkflowId STARTS_WITH '{beginning}' AND ExecutionStatus != 'ContinuedAsNew' GROUP BY ExecutionStatus"
        began_seconds = time.monotonic()
        try:
            counted = await client.count_workflows(query, rpc_timeout=COUNT_TIMEOUT)
        except (RPCError, RuntimeError, TimeoutError) as error:
            return ServerCounts(problem=f"{error} (after {time.monotonic() - began_seconds:.1f} s)")
        for group in counted.groups:
            status = str(group.group_values[0])
            by_status[status] = by_status.get(status, 0) + group.count
    return ServerCounts(by_status)


def _succeeded(rows: Sequence[RowSummary]) -> int:
    return sum(row.succeeded for row in rows)
