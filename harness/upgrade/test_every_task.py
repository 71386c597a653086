"""Orders that one version of a shop begins and another ends, handed over after every workflow task."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config import load_config
from harness.errors import UsageError
from harness.simulate.bench import open_bench, project_of
from harness.simulate.case import Case
from harness.simulate.claimed.testing_shop import write_shop
from harness.upgrade.campaign import judged
from harness.upgrade.earlier import earlier_code
from harness.upgrade.every_task import Tried, try_every_task
from harness.verdict import Verdict

PACKED = """\
        parcel = await workflow.execute_activity(pack, order, start_to_close_timeout=timedelta(seconds=5))
"""
CHARGED = "        again = None\n"
CHARGED_AND_PACKED = PACKED.replace("        ", "            ", 1)
FIRST = CHARGED + "        parcel = None\n        if workflow.patched('packed-first'):\n" + CHARGED_AND_PACKED
MOVED_WITH_ONE_PATCH = ("        if parcel is None:\n" + CHARGED_AND_PACKED, FIRST)
MOVED_WITH_TWO_PATCHES = ("        if not workflow.patched('not-packed-last'):\n" + CHARGED_AND_PACKED, FIRST)


def changed(packed: str = PACKED, charged: str = CHARGED, name: str = "") -> Callable[[str], str]:
    def change(app: str) -> str:
        assert PACKED in app
        assert CHARGED in app
        decorated = f"@workflow.defn(name={name!r})" if name else "@workflow.defn"
        return app.replace(PACKED, packed).replace(CHARGED, charged).replace("@workflow.defn", decorated)

    return change


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str]], Tried]:
    """Hand the shop over to a changed one."""
    for name in ("shop_app", "claims", "claims.test_orders"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        write_shop(folder)
    monkeypatch.syspath_prepend(new)

    def hand_over(change: Callable[[str], str]) -> Tried:
        file = new / "shop_app.py"
        file.write_text(change(file.read_text()))
        bench = open_bench(project_of(load_config(new)))
        with earlier_code("shop_app", old) as code:
            return try_every_task(bench, code, Case(bench.families[0], 1))

    return hand_over


Upgraded = Callable[[Callable[[str], str]], Tried]


def test_the_same_code_takes_over_at_every_task(upgraded: Upgraded) -> None:
    tried = upgraded(changed())
    assert (tried.verdict, tried.handed_over, tried.types) == (Verdict.VALID, 2, frozenset({"Order"}))
    assert judged([tried], ["Order"]).verdict is Verdict.VALID
    assert judged([tried], ["Order", "Refund"]).summary == (
        "no simulated company executes Refund, so nothing is known of it"
    )


def test_a_move_with_one_patch_passes(upgraded: Upgraded) -> None:
    assert upgraded(changed(*MOVED_WITH_ONE_PATCH)).broken == ()


def test_a_move_with_two_patches_loses_what_is_between_them(upgraded: Upgraded) -> None:
    tried = upgraded(changed(*MOVED_WITH_TWO_PATCHES))
    assert {each.tasks for each in tried.broken} == {1}
    assert {each.subject for each in tried.broken} == {f"order-{number}" for number in range(4)}
    assert "completed with 'None for 10'; by the old code alone completed with 'parcel 0 for 10'" in (
        tried.broken[0].message
    )
    assert (judged([tried]).verdict, judged([tried]).summary) == (Verdict.INVALID, "1 of 2 hand-overs went wrong")


def test_another_command_is_a_divergence_after_the_task_that_made_the_first(upgraded: Upgraded) -> None:
    tried = upgraded(changed(charged=CHARGED + PACKED))
    assert {each.tasks for each in tried.broken} == {1, 2}


def test_a_type_that_is_no_longer_served_leaves_executions_stuck(upgraded: Upgraded) -> None:
    tried = upgraded(changed(name="Purchase"))
    assert tried.broken[0].message.startswith("the queue orders serves no workflow Order any more")
    stuck = [each for each in tried.broken if each.message.endswith("the queue orders serves no workflow Order")]
    assert {each.tasks for each in stuck} == {0, 1, 2}


def test_a_promise_that_the_new_code_breaks_by_itself_is_no_fault_of_the_upgrade_and_not_green(
    upgraded: Upgraded,
) -> None:
    tried = upgraded(changed(PACKED + "        await workflow.wait_condition(lambda: False)\n"))
    assert tried.broken == ()
    assert tried.verdict is Verdict.UNKNOWN
    assert re.fullmatch(r"orders, seed 1: the new code, alone: order-\d: liveness: still running .*", tried.doubts[0])


def test_workflow_tasks_that_fail_are_found_though_the_new_code_alone_fails_them_too(upgraded: Upgraded) -> None:
    tried = upgraded(changed(PACKED + "        parcel.gone\n"))
    assert {each.tasks for each in tried.broken} == {0, 1, 2}
    assert all("stuck: " in each.message for each in tried.broken)


def test_old_code_that_cannot_be_imported_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "shop_app.py").write_text("import nothing_that_there_is")
    with (
        pytest.raises(UsageError, match=r"the code that runs now cannot be asked.*nothing_that_there_is"),
        earlier_code("shop_app", tmp_path),
    ):
        pass


def test_nothing_that_was_handed_over_proves_nothing() -> None:
    assert judged([Tried("orders, seed 1", 0, frozenset({"Order"}))]).verdict is Verdict.UNKNOWN
    assert judged([]).verdict is Verdict.UNKNOWN
