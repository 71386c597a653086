"""Which signals, updates and queries a workflow takes, as its running workers say it or as its class does.

A query leaves no event in any history, nor does a handler that nobody has called yet; so the manifest of a corpus keeps
what was taken when it was recorded, and the gate holds the code against that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

import temporalio.client
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError

from harness.replay.divergence import NOTHING
from harness.replay.result import Drift

Handlers = Mapping[str, Collection[str]]
"""Type of workflow → what it takes, such as "query status"."""
ANY = "(any)"
"""The name of a handler for whatever comes."""
METADATA = "__temporal_workflow_metadata"
OF_THE_SDK = "__"
ANSWERS_WITHIN = timedelta(seconds=10)


def of_class(workflow: type) -> list[str]:
    """What the class of a workflow takes."""
    definition: Any = getattr(workflow, "__temporal_workflow_definition")
    kinds = {"signal": definition.signals, "update": definition.updates, "query": definition.queries}
    return sorted(f"{kind} {name or ANY}" for kind, names in kinds.items() for name in names)


async def of_running(client: temporalio.client.Client, workflow_id: str, run_id: str) -> list[str] | None:
    """What an execution takes, as its worker answers; ``None`` where none does.

    Every SDK answers this query: ``temporal/api/sdk/v1/workflow_metadata.proto``.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        said = await handle.query(METADATA, result_type=WorkflowMetadata, rpc_timeout=ANSWERS_WITHIN)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
        return None
    definition = said.definition
    kinds = {
        "signal": definition.signal_definitions,
        "update": definition.update_definitions,
        "query": definition.query_definitions,
    }
    found = {f"{kind} {each.name or ANY}" for kind, those in kinds.items() for each in those}
    return sorted(name for name in found if not name.split()[1].startswith(OF_THE_SDK))


def gone(then: Handlers, now: Handlers) -> Iterator[tuple[str, Drift]]:
    """Each handler that the code has no more, with the type; a type that it has no more is told otherwise."""
    for workflow_type in sorted(then.keys() & now.keys()):
        takes = set(now[workflow_type])
        for name in sorted(then[workflow_type]):
            if not takes & {name, f"{name.split()[0]} {ANY}"}:
                yield workflow_type, Drift(f"Handlers {workflow_type}", name, "taken", NOTHING)
