"""The claim's workload as a run asks it: whatever it raises is told as a mistake in the project, with its line.

Data flow: claim → workload → **asked workload** → the phases of a run. Without it a typing error in an operation would
end the run as a defect of the engine. So would an answer that is none, or an operation that waits for one that is not
there: what the run relies on is looked at here.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from graphlib import TopologicalSorter
from typing import Any

from harness.application.imported import theirs
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, Workload
from harness.record.record import Outcome


@dataclass(frozen=True)
class AskedWorkload:
    """A workload like the one inside; where that one or one of its operations raises, it raises ``UsageError``.

    ``claim`` is the name of the claim, for the error.
    """

    claim: str
    workload: Workload

    def describe(self) -> Mapping[str, Any]:
        """See `Workload`."""
        with self._asked("describe", self.workload.describe):
            return self.workload.describe()

    async def prepare(self, site: Site) -> None:
        """See `Workload`."""
        with self._asked("prepare", self.workload.prepare):
            await self.workload.prepare(site)

    def canaries(self) -> Sequence[PlannedOperation]:
        """See `Workload`."""
        with self._asked("canaries", self.workload.canaries):
            return self._told(self.workload.canaries())

    def operations(self) -> Sequence[PlannedOperation]:
        """See `Workload`."""
        with self._asked("operations", self.workload.operations):
            return self._told(self.workload.operations())

    async def settle(self, site: Site) -> bool:
        """See `Workload`."""
        with self._asked("settle", self.workload.settle):
            return await self.workload.settle(site)

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """See `Workload`."""
        with self._asked("read_back", self.workload.read_back):
            shown = await self.workload.read_back(site)
            require_json("read_back()", {subject: dict(detail) for subject, detail in shown.items()})
            return shown

    def _told(self, operations: Sequence[PlannedOperation]) -> Sequence[PlannedOperation]:
        told = [replace(each, call=partial(self._call, each.operation_id, each.call)) for each in operations]
        _require_order(told)
        return told

    async def _call(self, operation_id: str, call: Callable[[Caller], Awaitable[Answer]], caller: Caller) -> Answer:
        with self._asked(f"operation {operation_id!r}", call):
            answer = await call(caller)
            require_answer(answer)
            return answer

    @contextmanager
    def _asked(self, what: str, where: object) -> Iterator[None]:
        with theirs(f"the claim {self.claim!r}: its workload's {what}", where):
            yield


def require_answer(answer: object) -> None:
    """Refuse what is no answer of an operation.

    :raises TypeError: it is none, or cannot be written into the record.
    """
    if not isinstance(answer, Answer) or not isinstance(answer.outcome, Outcome):
        raise TypeError(f"returns {answer!r}, which is no Answer with an Outcome")
    require_json("it", {"detail": dict(answer.detail), "status": answer.status})


def require_json(what: str, returned: object) -> None:
    """Refuse what cannot be written into the record.

    :raises TypeError: it is not plain JSON.
    """
    try:
        json.dumps(returned, sort_keys=True, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} returns {returned!r}, which cannot be written as JSON: {error}") from error


def _require_order(operations: Sequence[PlannedOperation]) -> None:
    """Refuse a schedule in which an operation would wait for ever, or nobody knows for which."""
    waits = {each.operation_id: {*each.needs, *each.follows} for each in operations}
    if len(waits) < len(operations):
        raise ValueError("two of its operations have the same operation_id")
    if missing := sorted(set().union(*waits.values()) - set(waits)):
        raise ValueError(f"operations wait for {', '.join(missing)}, which it does not have")
    TopologicalSorter(waits).prepare()
