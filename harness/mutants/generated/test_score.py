"""The score counts what a check has named, and nothing else; what is excused has a reason."""

from __future__ import annotations

from pathlib import Path

from harness.mutants.generated.generated import Generated
from harness.mutants.generated.page import COMMAND, markdown, write_score
from harness.mutants.generated.score import Count, score
from harness.mutants.generated.trial import End, Outcome, Tried
from harness.report.marked import marks, table_in
from harness.verdict import Verdict


def mutant(name: str, kind: str = "order", file: str = "shop/app.py") -> Generated:
    return Generated(name, file, "shop.app", "pack", kind, 3, f"--- a/{file}\n+++ b/{file}\n@@ -3 +3 @@\n-a\n+{name}\n")


def tried(name: str, end: End, check: str = "", kind: str = "order", file: str = "shop/app.py") -> Tried:
    return Tried(mutant(name, kind, file), Outcome(end, check, executions=7))


ALL = (
    tried("a", End.KILLED, "books"),
    tried("b", End.KILLED, "effects", kind="constant"),
    tried("c", End.SURVIVED, kind="constant", file="shop/kit/prices.py"),
    tried("d", End.TIMED_OUT),
    tried("e", End.STILLBORN),
    tried("f", End.SURVIVED),
)


def test_only_what_a_check_has_named_is_killed_and_what_is_stillborn_does_not_count() -> None:
    result = score({1: ALL}, {"f": "nobody reads it"})
    assert result.total == Count(killed=2, survived=1, timed_out=1, stillborn=1, equivalent=1)
    assert result.total.score == 2 / 4
    assert result.by_kind["constant"] == Count(1, 1, 0, 0, 0)
    assert result.by_package["shop/kit"].score == 0
    assert result.by_check == {"books": 1, "effects": 1}
    assert [each.mutant.name for each in result.survivors] == ["c", "d"]
    assert [(each.mutant.name, why) for each, why in result.equivalent] == [("f", "nobody reads it")]
    assert result.mistaken == ()


def test_one_that_was_killed_is_not_equivalent_whatever_the_file_says() -> None:
    result = score({1: ALL}, {"a": "nobody reads it"})
    assert result.total.killed == 2
    assert result.total.equivalent == 0
    assert [(each.mutant.name, why) for each, why in result.mistaken] == [("a", "nobody reads it")]


def test_one_that_two_seeds_have_drawn_counts_once_and_for_each_of_them() -> None:
    result = score({1: ALL, 2: ALL[:3]}, {})
    assert result.total == score({1: ALL}, {}).total == result.by_seed[1]
    assert result.by_seed[2] == Count(2, 1, 0, 0, 0)


def test_of_nothing_there_is_no_score_and_nothing_is_proved() -> None:
    assert score({}, {}).total.score is None
    assert score({1: [tried("e", End.STILLBORN)]}, {}).verdict(()) is Verdict.UNKNOWN


def test_four_of_five_are_enough_unless_the_fifth_is_where_none_may_live() -> None:
    killed = [tried(name, End.KILLED, "books") for name in "abcd"]
    survivor = tried("e", End.SURVIVED, file="shop/invoices/saga.py")
    result = score({1: [*killed, survivor]}, {})
    assert result.verdict(()) is result.verdict(("shop/*/workflow.py",)) is Verdict.VALID
    assert result.verdict(("shop/*/saga.py",)) is Verdict.INVALID
    assert result.vital(("shop/*/saga.py",)) == (survivor,)
    assert score({1: [*killed, survivor]}, {"e": "is the same"}).verdict(("shop/*/saga.py",)) is Verdict.VALID
    assert score({1: [*killed[1:], survivor]}, {}).verdict(()) is Verdict.INVALID


def test_the_page_has_a_line_for_each_seed_kind_and_package(tmp_path: Path) -> None:
    page = tmp_path / "mutants.md"
    page.write_text("\n".join(("# Mutants", *marks(COMMAND), "")))
    write_score(page, score({1: ALL, 2: ALL[:1]}, {"f": "nobody reads it"}), "1234567")
    text = table_in(page, COMMAND)
    assert "| all, at 1234567 | 50% | 2 | 1 | 1 | 1 | 1 |" in text
    assert "| seed 2 | 100% | 1 | 0 | 0 | 0 | 0 |" in text
    assert "| *constant* | 50% | 1 | 1 | 0 | 0 | 0 |" in text
    assert "| `shop/kit/` | 0% | 0 | 1 | 0 | 0 | 0 |" in text


def test_a_group_that_no_check_was_asked_about_has_no_score() -> None:
    stillborn = score({1: [tried("e", End.STILLBORN)]}, {})
    assert "| all, at x | none to score | 0 | 0 | 0 | 1 | 0 |" in markdown(stillborn, "x")
