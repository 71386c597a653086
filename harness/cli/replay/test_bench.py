"""`assay bench replay`: which bounds there are, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.cli.replay import bench
from harness.replay.bench.beside import NotMeasured, Pair
from harness.replay.testing_replay import sleeper_history

PROJECT = '[tool.assay]\napp = "sleeping.app"\nscenarios = "claims"\n'
ARGUMENTS = ["--histories", "3", "--repeats", "3", "--events", "100"]


def invoked(folder: Path, monkeypatch: pytest.MonkeyPatch, pairs: list[Pair], memory: int) -> Any:
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "histories").mkdir()
    (folder / "histories" / "slept.json").write_text(sleeper_history("slept"))
    monkeypatch.chdir(folder)

    def next_pair(app: str, code: Path, run: Path, count: int) -> Pair:
        assert len(list((run / "histories").iterdir())) == count == 3
        if not pairs:
            raise NotMeasured("the gate: 2 of 3 histories replayed")
        return pairs.pop(0)

    monkeypatch.setattr(bench, "measured", next_pair)
    monkeypatch.setattr(bench, "peak_bytes", lambda history, folder: memory)
    return CliRunner().invoke(bench.replay, ARGUMENTS, standalone_mode=False)


@pytest.mark.parametrize(
    ("gates", "memory", "code", "told"),
    [
        ([16.0, 15.0, 1.0], 1024**3, 0, "all 2 bounds are kept"),
        ([14.9, 14.9, 90.0], 1024**3, 1, "broken: gate : the SDK's Replayer"),
        ([16.0, 15.0, 1.0], 1024**3 + 1, 1, "broken: most memory"),
        ([16.0, 15.0], 1, 4, "not measured: the gate: 2 of 3 histories replayed"),
    ],
    ids=["kept", "slow", "large", "not measured"],
)
def test_the_median_and_the_memory_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gates: list[float], memory: int, code: int, told: str
) -> None:
    answer = invoked(tmp_path, monkeypatch, [Pair(gate, 10.0) for gate in gates], memory)

    assert answer.exception is None
    assert (answer.return_value, told in answer.output) == (code, True), answer.output
