"""A stranger's application is simulated as it is: what breaks it is found, and what the simulator lacks is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from harness.config import load_config
from harness.errors import UsageError
from harness.sim.kernel.choices import Drawn, Replayed
from harness.sim.kernel.plan import Choice, Plan
from harness.sim.kernel.swarm import CALM
from harness.sim.refusal import NotSimulated
from harness.simulate.bench import Bench, open_bench, project_of
from harness.simulate.case import Case
from harness.simulate.claimed.testing_shop import CAREFUL, CARELESS, write_shop
from harness.simulate.once import Simulated
from harness.verdict import Verdict

CHARGE = "order-0/1 activity 1 attempt 1 fault"
AFTER = Plan(1, {CHARGE: Choice("activity-fails-after")})
CALMLY = Plan(1)
ONCE = "RetryPolicy(maximum_attempts=1)"


@pytest.fixture(autouse=True)
def _imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("shop_app", "claims", "claims.test_orders"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def bench_of(folder: Path) -> Bench:
    return open_bench(project_of(load_config(folder)))


def simulated(folder: Path, plan: Plan = AFTER, without: frozenset[str] = frozenset()) -> Simulated:
    bench = bench_of(folder)
    return bench.run(Case(bench.families[0], plan.seed, without), Replayed(plan))


def test_a_careful_one_keeps_its_promise_and_every_check_has_something_to_judge(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path))

    assert {each.check: each.verdict for each in got.results} == dict.fromkeys(
        ("liveness", "replay", "same-ends"), Verdict.VALID
    )
    assert [note.place for note in got.notes] == [CHARGE]
    assert sorted(each.result for each in got.record.executions) == [f"parcel {n} for 10" for n in range(4)]


def test_who_charges_again_is_found_and_only_where_it_comes_again(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path, CARELESS))

    [broken] = got.broken
    [finding] = broken.findings
    assert (broken.check, finding.subject) == ("same-ends", "order-0")
    assert finding.message == "returned 'parcel 0 for 20'; without faults it returned 'parcel 0 for 10'"
    assert any("FAULT activity-fails-after" in line for line in finding.story)


def test_a_simulation_finds_nothing_of_the_one_before(tmp_path: Path) -> None:
    bench = bench_of(write_shop(tmp_path, CARELESS))
    case = Case(bench.families[0], 1)

    first, second = bench.run(case, Drawn(1, CALM)), bench.run(case, Drawn(1, CALM))

    assert first.digest == second.digest
    assert first.verdict is Verdict.VALID


def test_a_policy_that_gives_up_is_for_the_claim_to_judge(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path, again=ONCE))

    assert {each.check: each.verdict for each in got.results if each.check != "replay"} == {
        "liveness": Verdict.INVALID,
        "same-ends": Verdict.UNKNOWN,
    }


def test_what_changes_with_time_alone_is_not_held_against_a_fault(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path, "CHARGED[order] = datetime.now().microsecond"))

    [told] = [each for each in got.results if each.check == "same-ends"]
    assert told.verdict is Verdict.VALID
    assert told.counts == {"compared": 4, "compared without their results": 4, "not compared": 0}


def test_what_is_left_out_leaves_no_trace(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path, CARELESS), without=frozenset({"1", "order/2"}))

    assert {each.subject for each in got.record.executions} == {"0", "3"}
    assert [each.check for each in got.broken] == ["same-ends"]


def test_a_check_that_counts_what_was_left_out_finds_nothing(tmp_path: Path) -> None:
    got = simulated(write_shop(tmp_path, counted=True), CALMLY, without=frozenset({"1"}))

    [told] = [each for each in got.results if each.check == "count"]
    assert (told.verdict, told.findings) == (Verdict.UNKNOWN, ())
    assert "says so without faults, too" in told.summary


def test_what_is_broken_with_nothing_left_out_and_nothing_wrong_is_broken(tmp_path: Path) -> None:
    refused = "raise ApplicationError('no money', non_retryable=True)"
    folder = write_shop(tmp_path, refused, counted=True)

    for without in (frozenset[str](), frozenset({"1"})):
        [told] = [each for each in simulated(folder, CALMLY, without).broken if each.check == "count"]
        assert [each.message for each in told.findings] == ["0 of 4 are packed"]


@pytest.mark.parametrize(
    ("charge", "told"),
    [
        ("Path('ledger.txt').write_text(order)", r"shop_app.py:\d+: open\('ledger.txt', 'w'\): .* writes a file"),
        ("socket.create_connection(('127.0.0.1', 9))", r"shop_app.py:\d+: socket\..*simulated code reaches for"),
        ("threading.Thread(target=print).start()", r"shop_app.py:\d+: threading.Thread.* begins a thread"),
        ("time.sleep(1.0)", r"shop_app.py:\d+: time.sleep\(1.0\): simulated code waits for the real clock"),
        ("activity.raise_complete_async()", r"charge of order-\d: activity.raise_complete_async\(\) is not simulated"),
        ("activity.client().create_schedule()", r"shop_app.py:\d+: client.create_schedule is not simulated"),
    ],
    ids=["a file", "a socket", "a thread", "the clock", "completed later", "a schedule"],
)
def test_what_is_not_simulated_is_named_with_its_line(tmp_path: Path, charge: str, told: str) -> None:
    with pytest.raises(NotSimulated, match=told):
        simulated(write_shop(tmp_path, charge))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("await site.http.get('http://127.0.0.1:1/orders')", r"GET http://127.0.0.1:1/orders: the services of an"),
        ("site.fleet.kill(1)", "site.fleet is not simulated"),
    ],
    ids=["a service", "a process"],
)
def test_what_a_workload_cannot_have_is_named(tmp_path: Path, call: str, told: str) -> None:
    with pytest.raises(NotSimulated, match=told):
        simulated(write_shop(tmp_path, call=call))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("raise ValueError('no such order')", r"test_orders.py:5: ValueError: no such order"),
        ("return None", r"test_orders.py:4: TypeError: returns None, which is no Answer"),
    ],
    ids=["raises", "answers nothing"],
)
def test_an_error_of_the_claim_is_told_with_its_line(tmp_path: Path, call: str, told: str) -> None:
    with pytest.raises(UsageError, match=rf"operation order/\d: .*{told}"):
        simulated(write_shop(tmp_path, call=call))


def test_an_activity_that_nobody_offers_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"serves the activity 'chrage', which app.activities does not offer; .* charge"
    ):
        simulated(write_shop(tmp_path, CAREFUL, served='"chrage", "pack"'))


def test_an_activity_calls_the_server(tmp_path: Path) -> None:
    handle = "activity.client().get_workflow_handle(f'order-{order}')"
    got = simulated(write_shop(tmp_path, f"CHARGED[order] = int((await {handle}.describe()).status)"))

    running = int(WorkflowExecutionStatus.RUNNING)
    assert {each.result for each in got.record.executions} == {f"parcel {n} for {running}" for n in range(4)}
