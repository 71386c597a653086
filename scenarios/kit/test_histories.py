"""`pytest -m replay`: today's code takes every recorded history the way the code took it that recorded it.

Never green for nothing: a family without a history fails, as does a history in which no workflow task was completed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import load_config
from harness.replay.gate.corpus import corpus_of, files_below
from harness.replay.gate.gate import Answers, ask
from harness.replay.gate.telling import lines_of
from harness.verdict import Verdict
from scenarios.kit.histories import corpora
from workflows.families import families

pytestmark = pytest.mark.replay
CONFIG = load_config(Path(__file__))
FILES = [file for folder in corpora() for file in sorted(files_below(folder))]


@pytest.mark.parametrize("family", [family.name for family in families()])
def test_every_family_has_histories(family: str) -> None:
    recorded = {file.parents[1].name for file in FILES}
    assert family in recorded, f"no history of {family}; `make histories` records them"


def test_the_gate_asks_for_every_one_of_them() -> None:
    assert corpus_of(CONFIG, None) == sorted(FILES)


def test_todays_code_replays_them_and_nothing_drifts() -> None:
    answers: Answers = ask(CONFIG.app, CONFIG.root, FILES)
    assert answers.verdict is Verdict.VALID, "\n".join(lines_of(answers, CONFIG.root, CONFIG.root, "histories"))
    assert len(answers.results) == len(FILES)
