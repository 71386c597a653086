"""What the simulator calls a run: its workflow id, and the how many-th run of this id it is.

A server knows runs by ids of its own. The first event of a history says of which run it is the continuation.
"""

from __future__ import annotations

from temporalio.client import Client


class Places:
    """The places of the runs of one company.

    :param client: asks for the beginnings of histories.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, list[str]] = {}

    async def of(self, workflow_id: str, run_id: str) -> str:
        """The place of a run, such as "invoice-INV-0007/1".

        :raises RPCError: the server does not show its history.
        """
        known = self._known.setdefault(workflow_id, [])
        if run_id not in known:
            met = await self._met(workflow_id, run_id, known)
            known += [each for each in met if each not in known]
        return f"{workflow_id}/{known.index(run_id) + 1}"

    async def _met(self, workflow_id: str, run_id: str, known: list[str]) -> list[str]:
        """This run and those before it that nobody has asked for yet, the eldest first."""
        met: list[str] = []
        while run_id and run_id not in known:
            met.insert(0, run_id)
            events = self._client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history_events(page_size=1)
            first = await anext(events)
            run_id = first.workflow_execution_started_event_attributes.continued_execution_run_id
        return met
