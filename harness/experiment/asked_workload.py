"""The claim's workload as a run asks it: whatever it raises is told as a mistake in the project, with its line.

Data flow: claim → workload → **asked workload** → the phases of a run. Without it a typing error in an operation would
end the run as a defect of the engine. So would an answer that is none, or an operation that waits for one that is not
there: what the run relies on is looked at here.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from harness.application.imported import all_of, theirs
from harness.errors import UsageError
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, Workload
from harness.names import nearest_first
from harness.record.record import Outcome
from harness.words import shortened, shown

OPERATIONS_AT_MOST = 1_000_000
"""More than any run could begin; a generator without an end would fill the memory."""
A_TUPLE = (
    lambda value: (
        isinstance(value, Collection) and not isinstance(value, str) and all(isinstance(each, str) for each in value)
    ),
    "a tuple of operation_ids; mind the comma",
)
A_TEXT = (lambda value: isinstance(value, str), "a text")
PARTS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "operation_id": A_TEXT,
    "name": A_TEXT,
    "subject": A_TEXT,
    "after_seconds": (
        lambda value: isinstance(value, int | float) and 0 <= value < math.inf,
        "a number of seconds, and not below 0",
    ),
    "call": (callable, "a coroutine function of the site, which is not called yet"),
    "needs": A_TUPLE,
    "workflow_id": (lambda value: isinstance(value, str | None), "a text, or None"),
    "give_up_seconds": (lambda value: isinstance(value, int | float), "a number of seconds"),
    "follows": A_TUPLE,
}
"""What each part of an operation has to be, and the words for that."""


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

    def require_schedules(self) -> None:
        """Refuse a schedule that cannot be, before anything is started.

        What the workload cannot say yet, because it needs what `prepare` puts in, is left to the run.

        :raises UsageError: the message names the operation, and what is wrong with it.
        """
        for name, ask in (("canaries", self.workload.canaries), ("operations", self.workload.operations)):
            try:
                with theirs(f"the claim {self.claim!r}: its workload's {name}", ask, only_if=_never_mends_itself):
                    planned = ask()
            except UsageError:
                raise
            except Exception:
                continue
            with self._asked(name, ask):
                _scheduled(planned)

    def _told(self, operations: Sequence[PlannedOperation]) -> Sequence[PlannedOperation]:
        planned = _scheduled(operations)
        return [replace(each, call=partial(self._call, each.operation_id, each.call)) for each in planned]

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


def _never_mends_itself(error: BaseException) -> bool:
    """Whether no `prepare` can help: a name that is nowhere defined, and a module that is not there."""
    return any(isinstance(each, NameError | ImportError) for each in all_of(error))


def _scheduled(operations: Iterable[PlannedOperation]) -> Sequence[PlannedOperation]:
    """The operations of a schedule in which each can be begun, and none waits for ever.

    :raises TypeError: it is none, or an operation is none.
    :raises ValueError: an operation would wait for ever, or nobody knows for which.
    """
    if not isinstance(operations, Iterable):
        raise TypeError(f"returns {operations!r}, and must return a list of PlannedOperation(…)")
    scheduled = list(itertools.islice(operations, OPERATIONS_AT_MOST + 1))
    if len(scheduled) > OPERATIONS_AT_MOST:
        raise ValueError(f"returns more than {OPERATIONS_AT_MOST:,} operations, perhaps without end; plan fewer")
    for each in scheduled:
        _require_operation(each)
    _require_order(scheduled)
    return scheduled


def _require_order(operations: Sequence[PlannedOperation]) -> None:
    """Refuse a schedule in which an operation would wait for ever, or nobody knows for which."""
    waits = {each.operation_id: {*each.needs, *each.follows} for each in operations}
    if len(waits) < len(operations):
        every = [each.operation_id for each in operations]
        again = next(each for each in every if every.count(each) > 1)
        raise ValueError(f"two of its operations have the same operation_id {again!r}; give each one of its own")
    if missing := sorted(set().union(*waits.values()) - set(waits)):
        known = nearest_first(missing[0], waits)
        raise ValueError(f"operations wait for {', '.join(missing)}, which it does not have; it has {shortened(known)}")
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = " waits for ".join(map(str, error.args[1]))
        raise ValueError(f"{circle}, for ever; take one out of needs or follows") from None


def _require_operation(operation: object) -> None:
    """Refuse what is no operation that can be begun.

    :raises TypeError: it is none, or a part of it is not what it must be.
    """
    if not isinstance(operation, PlannedOperation):
        raise TypeError(f"{operation!r} is no PlannedOperation(…)")
    for part, (fits, wanted) in PARTS.items():
        if not fits(value := getattr(operation, part)):
            told = f"the operation {operation.operation_id!r}: its {part} must be {wanted}"
            raise TypeError(f"{told}, not {shown(value)}")
