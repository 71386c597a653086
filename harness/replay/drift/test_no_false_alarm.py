"""No drift where nothing has changed: every feature of Temporal, its histories replayed on the code that made them."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from harness.application.contract import load_application
from harness.record.memory_journal import MemoryJournal
from harness.replay.child import replay
from harness.replay.drift.fields import MADE
from harness.replay.reasons import NO_PROGRESS, REPLAYED
from harness.sim.features.testing_features import FEATURES
from harness.sim.features.testing_simulating import simulated
from harness.sim.worker.reading import COMMANDED

TOLD_OTHERWISE = {"local-times-out", "local-whole-time-is-over"}
"""What SDK Core itself tells otherwise when it replays: see the tests of the features."""


async def test_the_histories_of_every_feature_replay_without_drift(tmp_path: Path) -> None:
    files, commands = [], Counter[str]()
    for name in sorted(FEATURES.keys() - TOLD_OTHERWISE):
        for number, run in enumerate(simulated(name).runs):
            file = tmp_path / f"{name}.{number}.json"
            file.write_text(run.history.to_json())
            files.append(file)
            commands.update(COMMANDED.get(event.event_type, "") for event in run.history.events)
    journal = MemoryJournal("replay", time.monotonic)

    await replay(load_application("harness.replay.drift.testing_features"), files, journal, drift=True)

    told = [line for line in journal.lines if line["kind"] == "replayed"]
    wrong = {line["file"]: (line["reason"], line["message"], line["drifts"]) for line in told}
    assert {file: why for file, why in wrong.items() if why[0] not in (REPLAYED, NO_PROGRESS)} == {}
    assert Counter(line["reason"] for line in told)[REPLAYED] > 50
    assert not [kind for kind in (*MADE, "schedule_activity") if not commands[kind]]
