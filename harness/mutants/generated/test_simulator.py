"""The process that simulates one version: who asks is answered or told that nobody answers, and nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.mutants.generated.questions import Calm, Reach, Version
from harness.mutants.generated.simulator import NoAnswer, Simulator
from harness.simulate.bench import Project

HANGS = "while True:\n    pass\n"


def simulator(folder: Path, text: str, cpu_seconds: int | None = None) -> Simulator:
    (folder / "shop.py").write_text(text)
    return Simulator(Version(folder, Project("shop", "shop"), cpu_seconds=cpu_seconds))


def test_what_is_wrong_with_a_version_is_an_answer_and_the_process_goes_on(tmp_path: Path) -> None:
    with simulator(tmp_path, "raise SystemExit(3)\n") as process:
        assert "SystemExit" in process.judged(Calm(), 600).error
        assert "SystemExit" in process.reached(Reach(1)).error


def test_one_that_computes_for_too_long_is_ended_by_the_system(tmp_path: Path) -> None:
    with simulator(tmp_path, HANGS, cpu_seconds=1) as process, pytest.raises(NoAnswer, match="ended with -"):
        process.judged(Calm(), 600)


def test_who_does_not_answer_in_time_is_ended_and_another_begins(tmp_path: Path) -> None:
    with simulator(tmp_path, "") as process:
        with pytest.raises(NoAnswer, match="no answer within 0 s"):
            process.judged(Calm(), 0.01)
        process.close()
        with pytest.raises(NoAnswer, match="it was ended"):
            process.judged(Calm(), 600)
