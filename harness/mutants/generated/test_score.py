"""The score counts what a check has named, and nothing else; what is excused has a reason."""

from __future__ import annotations

from pathlib import Path

from harness.mutants.generated.generated import Generated
from harness.mutants.generated.page import COMMAND, markdown, write_score
from harness.mutants.generated.score import Count, score
from harness.mutants.generated.trial import End, Outcome, Tried, try_all
from harness.report.marked import marks, table_in


def mutant(name: str, kind: str = "order", file: str = "shop/app.py") -> Generated:
    return Generated(name, file, "shop.app", "pack", kind, 3, f"--- a/{file}\n+++ b/{file}\n@@ -3 +3 @@\n-a\n+{name}\n")


def tried(name: str, end: End, check: str = "", kind: str = "order", file: str = "shop/app.py") -> Tried:
    return Tried(mutant(name, kind, file), Outcome(end, check, executions=7))


ALL = (
    tried("a", End.KILLED, "books"),
    tried("b", End.KILLED, "effects", kind="constant"),
    tried("c", End.SURVIVED, kind="constant", file="shop/prices.py"),
    tried("d", End.TIMED_OUT),
    tried("e", End.CRASHED),
    tried("f", End.SURVIVED),
)


def test_only_what_a_check_has_named_is_killed_and_what_cannot_be_imported_does_not_count() -> None:
    result = score(ALL, {"f": "nobody reads it"})
    assert result.total == Count(killed=2, survived=1, timed_out=1, crashed=1, equivalent=1)
    assert result.total.score == 2 / 4
    assert result.by_kind["constant"] == Count(1, 1, 0, 0, 0)
    assert result.by_module["shop/prices.py"].score == 0
    assert result.by_check == {"books": 1, "effects": 1}
    assert [each.mutant.name for each in result.survivors] == ["c", "d"]
    assert [(each.mutant.name, why) for each, why in result.equivalent] == [("f", "nobody reads it")]
    assert result.mistaken == ()


def test_one_that_was_killed_is_not_equivalent_whatever_the_file_says() -> None:
    result = score(ALL, {"a": "nobody reads it"})
    assert result.total.killed == 2
    assert result.total.equivalent == 0
    assert [(each.mutant.name, why) for each, why in result.mistaken] == [("a", "nobody reads it")]


def test_one_that_two_seeds_have_drawn_counts_once() -> None:
    assert score([*ALL, *ALL], {}).total == score(ALL, {}).total


def test_of_nothing_there_is_no_score() -> None:
    assert score([], {}).total.score is None
    assert score([tried("e", End.CRASHED)], {}).total.score is None


def test_each_mutant_is_tried_once() -> None:
    asked: list[str] = []

    class Engine:
        def try_one(self, mutant: Generated) -> Outcome:
            asked.append(mutant.name)
            return Outcome(End.SURVIVED)

    found = try_all(Engine(), [mutant("a"), mutant("b"), mutant("a")])
    assert asked == ["a", "b"] == [each.mutant.name for each in found]


def test_the_page_shows_the_tables_and_each_survivor_as_a_diff(tmp_path: Path) -> None:
    page = tmp_path / "mutants.md"
    page.write_text("\n".join(("# Mutants", *marks(COMMAND), "")))
    write_score(page, score(ALL, {"f": "nobody reads it", "b": "it is the same"}), (1, 2), "1234567")
    text = table_in(page, COMMAND)
    assert text.startswith("Drawn by the seeds 1, 2, tried at 1234567.\n")
    assert "| all | 50% | 2 | 1 | 1 | 1 | 1 |" in text
    assert "| constant | 50% | 1 | 1 | 0 | 0 | 0 |" in text
    assert "| `shop/prices.py` | 0% | 0 | 1 | 0 | 0 | 0 |" in text
    assert "| effects | 1 |" in text
    assert "No check has named this one: `c` (survived after 7 executions).\n\n```diff\n--- a/shop/prices.py" in text
    assert "Equivalent: nobody reads it: `f`" in text
    assert "Called equivalent (it is the same), and it is not: `b`" in text


def test_a_group_that_no_check_was_asked_about_has_no_score() -> None:
    assert "| all | none to score | 0 | 0 | 0 | 1 | 0 |" in markdown(score([tried("e", End.CRASHED)], {}), (1,), "x")
