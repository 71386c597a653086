"""`assay bench judge` from its beginning to its end, on small records."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.load.bench.bounds import Bound
from scenarios.benches import commands
from scenarios.invoices.bench import command


def test_a_record_is_written_judged_and_measured(tmp_path: Path) -> None:
    arguments = ["--effects", "300", "--seed", "5", "--folder", str(tmp_path)]
    answer = CliRunner().invoke(commands["judge"], arguments, standalone_mode=False)
    assert answer.exception is None
    assert answer.return_value == 0, answer.output
    assert "all 4 bounds are kept" in answer.output
    assert (tmp_path / "synthetic-300" / "journal" / "world.jsonl").is_file()


def test_a_broken_bound_is_named_and_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Bound("all checks", 61.0, 60.0, False, str)
    monkeypatch.setattr(command, "bounds", lambda found: (slow,))
    answer = CliRunner().invoke(commands["judge"], ["--effects", "100"], standalone_mode=False)
    assert answer.return_value == 1
    assert "broken: all checks" in answer.output


def test_the_benches_of_the_engine_are_there_too() -> None:
    assert set(commands) == {"engines", "judge", "load", "replay"}
