"""Bare invoices are paid in the simulator, in as many parts as they are long, and a longer one has more to do."""

from __future__ import annotations

from harness.simulate.bench import Project, open_bench
from harness.simulate.engines.bare import simulate_bare
from scenarios.invoices.bare import BARE


def test_each_is_paid_and_its_events_grow_with_its_parts() -> None:
    bench = open_bench(Project("workflows.app", "scenarios.kit.simulated"))
    one, three = (simulate_bare(bench, BARE, seed=1, executions=2, length=length) for length in (1, 3))
    assert (one.executions, three.executions) == (2, 2)
    # Another part is an update that is accepted and completed, and an activity: five events at least.
    assert three.events - one.events >= 2 * 2 * 5
