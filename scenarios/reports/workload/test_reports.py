"""The same seed is the same input; every operation has what it needs; what nobody should ask for is asked for."""

from __future__ import annotations

import json
from collections import Counter

from harness.seed import Seed
from scenarios.reports.workload.reports import CANARIES, ReportWorkload


def workload(seed: int = 1, *, count: int = 8, adverse: bool = True) -> ReportWorkload:
    return ReportWorkload(Seed(seed), count=count, rate_per_second=2.0, invoices=20, adverse=adverse)


def test_the_same_seed_is_the_same_input() -> None:
    told = [json.dumps(workload(seed).describe(), sort_keys=True) for seed in (1, 1, 2)]
    assert told[0] == told[1] != told[2]


def test_every_operation_has_what_it_needs() -> None:
    for operations in (workload().all_operations(), [*workload().canaries(), *workload().operations()]):
        ids = [each.operation_id for each in operations]
        assert len(set(ids)) == len(ids)
        assert {need for each in operations for need in each.needs} <= set(ids)


def test_reports_come_again_and_changed_and_beside_them_what_is_none() -> None:
    names = Counter(each.name for each in workload().all_operations())
    assert names["report"] == 8 + CANARIES
    assert all(names[name] >= 2 for name in ("open", "repeated", "changed", "resume", "nonsense"))
    assert set(Counter(each.name for each in workload(adverse=False).all_operations())) == {"upload", "open", "report"}


def test_all_instants_are_asked_for_none_of_them_and_one_that_is_about_to_come() -> None:
    asked = Counter(each["as_of"] for each in workload().describe()["reports"])
    assert len(asked) == 5
    assert None in asked
