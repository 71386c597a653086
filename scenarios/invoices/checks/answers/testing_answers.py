"""Records of runs in which everything adverse was tried, for the tests of *answers*: an innocent one, to be broken."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from harness.record.record import Effect, Operation, Outcome, Record
from harness.seed import Seed
from scenarios.invoices.checks.facts.testing_records import DATED_AT, RUN
from scenarios.invoices.synthetic.adverse import answered, outcome_of, shown_of_clashes
from scenarios.invoices.workload.customers import MANY_PARTS
from scenarios.invoices.workload.invoices import InvoiceWorkload

Json = Mapping[str, Any]
Answer = dict[str, Any]
RUN_ID = "run-1"


@functools.cache
def given() -> Json:
    """The input of a run in which some customers pay in many parts, so that every kind is tried."""
    return InvoiceWorkload(Seed(1), count=24, rate_per_second=4.0, habits=MANY_PARTS).describe()


def innocent(*effects: Effect) -> Record:
    """The record of a run in which each answer is the first of those that are permitted, or the one that wins."""
    return replace(_of_nothing_else(), effects=effects)


@functools.cache
def _of_nothing_else() -> Record:
    ids = [customer["invoice_id"] for customer in given()["customers"]]
    operations = [
        Operation(each["id"], "adverse", each["subject"], 0, 0, 1, outcome_of(told), 1, {"answers": told})
        for each, told in answered(given(), dict.fromkeys(ids, RUN_ID))
    ]
    processed = [
        Operation(f"process/{each}", "process", each, 0, 0, 1, Outcome.OK, 1, {"run_id": RUN_ID}) for each in ids
    ]
    dated = {"dated_at": DATED_AT.isoformat(), "dated_at_seconds": 0.0}
    upload = Operation("upload/adverse.csv", "upload", "adverse.csv", 0, 0, 1, Outcome.OK, 1, dated)
    shown = dict(shown_of_clashes(given(), DATED_AT + timedelta(seconds=0.5)))
    return Record(run=RUN, operations=(upload, *processed, *operations), shown=shown, input=given())


def with_answers(record: Record, operation_id: str, change: Callable[[list[Answer]], list[Answer]]) -> Record:
    """The record with the answers to one operation changed."""
    return replace(
        record,
        operations=tuple(
            replace(each, detail={"answers": change([{**answer} for answer in each.detail["answers"]])})
            if each.operation_id == operation_id
            else each
            for each in record.operations
        ),
    )
