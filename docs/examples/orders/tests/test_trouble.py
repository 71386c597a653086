"""Whatever goes wrong with an order, it is packed."""

import os
from pathlib import Path

from hypothesis import given, settings

from harness.simulate.again import bench_of
from harness.simulate.strategies import Company, companies

BENCH = bench_of(Path(__file__).parent)


@settings(deadline=None, derandomize="CI" in os.environ, max_examples=20)
@given(companies(BENCH, "orders"))
def test_every_order_is_packed(company: Company) -> None:
    assert {each.check: each.summary for each in company.run(BENCH).broken} == {}
