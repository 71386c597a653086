"""A run is replayed again as it was, whatever the environment of whoever judges it says."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.application.sources import Sources
from harness.config import ProjectConfig
from harness.record.integrity.seal import Seal
from harness.record.record import RunInfo
from harness.record.rundir import write_run_info
from harness.replay import again
from harness.replay.again import ReplayAgain
from harness.replay.supervisor import ReplayJob

SEAL = Seal(1, "id", Sources("shop", None).__dict__, {})


@pytest.mark.parametrize(
    ("parameters", "namespace"),
    [({"workers": 3, "address": "there:7233", "namespace": "orders"}, "orders"), ({"workers": 3}, "default")],
    ids=["somebody else's server", "ours"],
)
def test_the_namespace_is_that_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: Mapping[str, object], namespace: str
) -> None:
    asked: list[ReplayJob] = []

    async def replay_histories(job: ReplayJob) -> None:
        asked.append(job)

    monkeypatch.setenv("TEMPORAL_NAMESPACE", "mine")
    monkeypatch.setattr(again, "replay_histories", replay_histories)
    monkeypatch.setattr(again, "Watchdog", contextlib.nullcontext)
    monkeypatch.setattr(again, "same_sources", lambda *given: contextlib.nullcontext(tmp_path))
    monkeypatch.setattr(again, "read_journals", lambda folder: [])
    write_run_info(tmp_path, RunInfo("id", "orders", "promise", 1, "dev", "now", "assay run", parameters=parameters))

    assert ReplayAgain(ProjectConfig(tmp_path, "shop", "claims"))(tmp_path, SEAL) == []

    [job] = asked
    assert job.environment == {"TEMPORAL_NAMESPACE": namespace}
    assert job.histories == tmp_path / "histories"
