"""The worker process runs what production runs, where the application says how, and adds its log and a version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from temporalio.client import Client
from temporalio.worker import Worker

from harness.application.contract import load_application
from harness.experiment.attempt_log import AttemptLog
from harness.experiment.worker import _workers
from harness.record.journal import FileJournal


def test_the_applications_own_workers_are_served_with_the_log_and_a_version_added(tmp_path: Path) -> None:
    app = load_application("workflows.app")
    asked: list[tuple[Any, ...]] = []
    own, client = [cast(Worker, object())], cast(Client, object())

    def workers(*given: Any, interceptors: Any, **options: Any) -> list[Worker]:
        asked.append((*given, interceptors, sorted(options)))
        return own

    offered = replace(app, workers=workers, settings=lambda environ: "settings", ports=lambda settings: "ports")
    log = AttemptLog(FileJournal(tmp_path / "worker-1.jsonl", "worker-1"), "worker-1", app.subject_of)
    assert _workers(offered, client, log) is own
    assert asked == [(client, "settings", "ports", [log], ["deployment_config", "graceful_shutdown_timeout"])]
