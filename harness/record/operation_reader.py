"""Reads the operations of a run out of its journal: what was asked, again and again, and what was answered each time.

Data flow: lines *invoke* and *return* → **operations with their tries** → record.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.record.lines import Line, at, pick
from harness.record.record import NOT_ASKED_YET, SKIPPED, Operation, Outcome, Try


def operations_of(invokes: Iterable[Line], returns: Iterable[Line]) -> tuple[Operation, ...]:
    """One `Operation` per operation id; the last return decides, and an invoke without one is UNKNOWN."""
    last_return: dict[str, Line] = {}
    returned_as: dict[tuple[str, int], Line] = {}
    for line in returns:
        with at(line):
            last_return[line["operation_id"]] = returned_as[line["operation_id"], line["repetition"]] = line
    first: dict[str, Line] = {}
    tries: dict[str, list[Try]] = {}
    for line in invokes:
        with at(line):
            operation_id, repetition = line["operation_id"], line["repetition"]
            first.setdefault(operation_id, line)
            tries.setdefault(operation_id, []).append(_try(line, returned_as.get((operation_id, repetition))))
    return tuple(
        _operation(invoke, last_return.get(operation_id), tuple(tries[operation_id]))
        for operation_id, invoke in first.items()
    )


def _operation(invoke: Line, returned: Line | None, tries: tuple[Try, ...]) -> Operation:
    with at(returned or invoke):
        # A return that is older than the last invoke says nothing of that last try.
        whole = returned if returned is not None and returned["repetition"] == tries[-1].repetition else None
        fields = {
            "invoked_seconds": invoke["at_seconds"],
            "returned_seconds": whole["at_seconds"] if whole else None,
            "outcome": Outcome(whole["outcome"]) if whole else Outcome.UNKNOWN,
            "repetitions": tries[-1].repetition,
            "detail": returned["detail"] if returned is not None else {},
            "tries": tries,
        }
    operation: Operation = pick(Operation, invoke, **fields)
    return operation


def _try(invoke: Line, returned: Line | None) -> Try:
    if returned is None:
        return Try(invoke["repetition"], invoke["at_seconds"], None, Outcome.UNKNOWN)
    with at(returned):
        return Try(
            repetition=invoke["repetition"],
            invoked_seconds=invoke["at_seconds"],
            returned_seconds=returned["at_seconds"],
            outcome=Outcome(returned["outcome"]),
            status=returned.get("status"),
            asked=not {NOT_ASKED_YET, SKIPPED} & returned["detail"].keys(),
        )
