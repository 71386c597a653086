"""A name stays as long as the changed lines do, and there are no two of one."""

from __future__ import annotations

from harness.mutants.generated.testing_changes import APP, candidates_in


def names(text: str) -> list[str]:
    return [each.name for each in candidates_in(text)]


def test_each_has_a_name_of_its_own_that_says_where_it_is() -> None:
    found = names(APP)
    assert len(set(found)) == len(found) > 15
    assert all(name.startswith(("app.pack.", "app.module.")) for name in found)


def test_an_edit_elsewhere_renames_nothing() -> None:
    edited = APP.replace("MOST = 3", "OTHER = 1\n\n\nMOST = 3").replace(
        "    await store.tell", "    later()\n    await store.tell"
    )
    assert set(names(APP)) <= set(names(edited))


def test_an_edit_of_the_line_renames_what_is_changed_in_it() -> None:
    gone = set(names(APP)) - set(names(APP.replace("order.count > MOST", "order.count > MOST * 2")))
    assert {name.split(".")[2] for name in gone} >= {"boundary", "dropped-operand"}
    assert not [name for name in gone if "await" in name]


def test_the_same_lines_twice_in_a_function_are_two() -> None:
    twice = names("def f():\n    stop()\n    go()\n    stop()\n")
    assert len(set(twice)) == len(twice)
    assert sum("dropped-statement" in name for name in twice) == 3


def test_a_function_in_a_class_is_named_with_it_and_the_file_counts() -> None:
    text = "class A:\n    def f(self):\n        go()\n"
    (one,) = names(text)
    assert one.startswith("app.A.f.dropped-statement.")
    (other,) = (each.name for each in candidates_in(text, "other/app.py"))
    assert one != other
    assert one.rpartition(".")[0] == other.rpartition(".")[0]
