"""Companies of invoices in virtual time: the application as it is keeps its promises, and what breaks one is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import exit_code
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.plan import Choice, Plan
from harness.sim.kernel.swarm import CALM
from harness.simulate.bench import Bench, Project, open_bench
from harness.simulate.case import Case
from harness.simulate.plan_file import PlanFile
from harness.verdict import Verdict
from scenarios.invoices.simulated import SIMULATED
from scenarios.kit.simulated import simulated
from workflows.gateways import accounting

PROJECT = Project("workflows.app", "scenarios.kit.simulated")
TRIED_ON = 2
"""A seed in which what nobody should try is tried."""
STRUCK = 4
"""A seed in which much goes wrong."""
PUT_OFF = 45
"""A small company whose customers cancel what is held."""
KNOWN = ", ".join(family.name for family in simulated.families)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(PROJECT)


def test_nothing_is_wrong_in_a_calm_company_and_every_check_had_something_to_judge(bench: Bench) -> None:
    got = bench.run(Case(SIMULATED, TRIED_ON), Drawn(TRIED_ON, CALM))

    assert {each.check: each.verdict for each in got.results} == {each.name: Verdict.VALID for each in SIMULATED.checks}
    assert not got.record.faults


def test_a_company_in_trouble_keeps_its_promises_and_is_the_same_each_time(bench: Bench) -> None:
    got = bench.run(Case(SIMULATED, STRUCK))

    assert got.verdict is Verdict.VALID
    assert len(got.record.faults) > 5
    assert bench.run(Case(SIMULATED, STRUCK)).digest == got.digest


def test_a_booking_without_its_key_is_found_and_only_where_it_comes_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = accounting.BOOK.send

    async def without_key(http: object, body: object, *, what: str, headers: dict[str, str]) -> object:
        return await send(http, body, what=what, headers={})  # type: ignore[arg-type]

    monkeypatch.setattr(type(accounting.BOOK), "send", lambda self, *args, **options: without_key(*args, **options))
    case = Case(SIMULATED, 1)
    plan = Plan(1, {"invoice-INV-0000/1 activity 0 attempt 1 fault": Choice("activity-fails-after")})
    calm = bench.run(case, Drawn(1, CALM))
    assert calm.verdict is Verdict.VALID

    [booking] = [each for each in calm.record.attempts if each.activity == "book_invoice"]
    place = f"{booking.workflow_id}/1 activity {booking.activity_id} attempt 1 fault"
    file = PlanFile("invoices", replace(plan, choices={place: Choice("activity-fails-after")}))
    got = bench.run(case, file.choices())
    assert [each.check for each in got.broken if each.check == "effects"] == ["effects"]


@pytest.mark.parametrize(
    ("cut", "activity"), [("activity-fails-after", "withdraw_payment"), ("beats-lost", "withdraw_invoice")]
)
def test_what_is_only_asked_for_after_a_refusal_is_cut_too(bench: Bench, cut: str, activity: str) -> None:
    got = bench.run(Case(SIMULATED, PUT_OFF, cut=cut))

    assert got.verdict is Verdict.VALID
    assert activity in {each.activity for each in got.record.attempts}


def test_what_is_left_out_leaves_no_trace(bench: Bench) -> None:
    whole = SIMULATED.workload(TRIED_ON, frozenset())
    customer = next(each for each in whole.describe()["customers"] if each["payments"])
    payment = customer["payments"][0]["payment_id"]

    left = SIMULATED.workload(TRIED_ON, frozenset({f"pay/{payment}"})).describe()
    gone = SIMULATED.workload(TRIED_ON, frozenset({customer["invoice_id"]})).describe()

    payments = [each["payment_id"] for other in left["customers"] for each in other["payments"]]
    assert payment not in payments
    assert customer["invoice_id"] not in [each["invoice_id"] for each in gone["customers"]]


def customer_who(wanted: Callable[[Mapping[str, Any]], bool]) -> tuple[int, Mapping[str, Any]]:
    """The seed of the first company with such a customer, and that one."""
    companies = ((seed, SIMULATED.workload(seed, frozenset()).describe()) for seed in range(1, 40))
    return next((seed, each) for seed, told in companies for each in told["customers"] if wanted(each))


@pytest.mark.parametrize("cancels", [False, True])
def test_an_invoice_that_nothing_would_end_is_left_out_as_a_whole(cancels: bool) -> None:
    seed, customer = customer_who(
        lambda each: (
            each["payments"] and each["due_seconds"] is None and (each["cancel_seconds"] is not None) is cancels
        )
    )
    invoice_id, payment = customer["invoice_id"], f"pay/{customer['payments'][0]['payment_id']}"

    left = SIMULATED.workload(seed, frozenset({f"cancel/{invoice_id}" if cancels else payment})).operations()

    assert invoice_id not in {each.subject for each in left}


def test_an_invoice_that_nobody_begins_is_not_begun_again() -> None:
    companies = ((seed, SIMULATED.workload(seed, frozenset()).operations()) for seed in range(1, 40))
    seed, again = next((seed, each) for seed, found in companies for each in found if each.name == "process-again")

    left = SIMULATED.workload(seed, frozenset({f"process/{again.subject}"})).operations()

    assert again.subject not in {each.subject for each in left}


def test_an_invoice_that_ends_by_itself_stays_without_its_payments() -> None:
    seed, customer = customer_who(lambda each: each["payments"] and each["due_seconds"] is not None)
    payments = {f"pay/{each['payment_id']}" for each in customer["payments"]}

    left = SIMULATED.workload(seed, frozenset(payments)).operations()

    assert [each.name for each in left if each.subject == customer["invoice_id"]][:1] == ["process"]
    assert not {each.operation_id for each in left} & payments


def test_a_company_is_one_to_eight_customers() -> None:
    for seed in range(1, 40):
        described = SIMULATED.workload(seed, frozenset()).describe()
        assert 1 <= len(described["customers"]) <= 8
        assert "canaries.csv" not in described["files"]


def test_a_plan_is_replayed_from_the_command_line(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(PlanFile("invoices", Plan(1, {})).to_json())

    assert exit_code(["simulate", "--plan", str(file)]) == 0
    assert "VALID: seed 1 of invoices, 0 faults came to pass" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--seeds", "5..1"], "5..1"),
        (["--shard", "3/2"], "3/2"),
        (["meals"], f"no family 'meals' can be simulated; there are {KNOWN}"),
        (["--seeds", "1", "--shard", "2/2"], "holds none of them"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["simulate", *arguments]) == 2
    assert told in capsys.readouterr().err
