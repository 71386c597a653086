"""Prefixes: where a history may be cut, and what only such a part of it shows."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.replay.gate.gate import ask
from harness.replay.gate.prefixes import cuts, prefixes_of, spread
from harness.replay.gate.test_gate import KINDS, code, corpus
from harness.replay.history_file import history_in


def test_a_history_is_cut_behind_the_commands_of_each_task(tmp_path: Path) -> None:
    (file,) = corpus(tmp_path, ok=KINDS["ok"])

    assert cuts(history_in(file).events) == [5, 10]
    ((count, text),) = prefixes_of(file)
    assert (count, len(json.loads(text)["events"])) == (5, 5)


def test_what_is_no_history_has_no_prefixes(tmp_path: Path) -> None:
    (file,) = corpus(tmp_path, torn=KINDS["torn"])
    assert not list(prefixes_of(file))


@given(st.lists(st.integers(), min_size=0, max_size=60, unique=True))
def test_they_are_evenly_spread_with_the_first_and_the_last(numbers: list[int]) -> None:
    chosen = spread(numbers, 20)
    assert len(chosen) == min(len(numbers), 20) == len(set(chosen))
    assert chosen[:1] + chosen[-1:] == numbers[:1] + numbers[-1:]


def test_a_prefix_that_replays_is_counted_and_what_is_wrong_with_the_whole_is_told_once(tmp_path: Path) -> None:
    files = corpus(tmp_path, ok=KINDS["ok"])

    answers = ask("sleeping", code(tmp_path), files, prefixes=True)
    assert (answers.prefixes, [result.reason for result in answers.results.values()]) == (1, ["replayed"])
    app = tmp_path / "version" / "sleeping.py"
    app.write_text(app.read_text().replace("asyncio.sleep(60)", "asyncio.sleep(61)"))
    answers = ask("sleeping", app.parent, files, prefixes=True)
    assert [result.reason for result in answers.results.values()] == ["drifted"]
