"""The page of mutants: what was tried now is new, what was tried before stays, and what is gone goes."""

from __future__ import annotations

from pathlib import Path

from harness.application.version import Mutant
from harness.mutants.table import COMMAND, write
from harness.mutants.trials import Row
from harness.report.marked import marks, table_in

STACKS = {"a": "dev", "b": "full"}


def mutant(name: str, promise: str = "once") -> Mutant:
    return Mutant(name, Path(f"{name}.patch"), promise, "effects", "killed")


def test_the_page_keeps_what_was_tried_before(tmp_path: Path) -> None:
    page = tmp_path / "mutants.md"
    page.write_text("\n".join(("# Mutants", *marks(COMMAND), "")))
    both = (mutant("a"), mutant("b", "this | that"))
    write(page, both, STACKS, [Row(both[0], 1, True, "it"), Row(both[0], 2, False, "no")], "1234567")
    write(page, both, STACKS, [Row(both[1], 3, True, "it")], "89abcde")
    assert table_in(page, COMMAND).splitlines()[2:] == [
        "| `a` | once | effects | killed (dev) | killed, seed 1; **survived**, seed 2, at 1234567 |",
        "| `b` | this \\| that | effects | killed (full) | killed, seed 3, at 89abcde |",
    ]
    new = mutant("c")
    write(page, (both[1], new), {**STACKS, "c": "dev"}, [], "fffffff")
    assert table_in(page, COMMAND).splitlines()[2:] == [
        "| `b` | this \\| that | effects | killed (full) | killed, seed 3, at 89abcde |",
        "| `c` | once | effects | killed (dev) | not yet tried |",
    ]
