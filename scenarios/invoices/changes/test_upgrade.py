"""What only two versions together show: replays pass, and executions in flight end as neither version ends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.application.version import Mutant, version_folder
from harness.replay.gate.corpus import corpus_of
from harness.replay.gate.gate import ask
from harness.replay.reasons import REPLAYED
from harness.simulate.bench import project_of
from harness.upgrade.asked import on_server
from harness.upgrade.campaign import Upgrade, judged, try_upgrade
from harness.verdict import Verdict
from scenarios.invoices.changes.test_changes import CONFIG, HERE, header

pytestmark = [pytest.mark.replay, pytest.mark.long, pytest.mark.timeout(900)]

ONLY_TOGETHER = sorted((HERE / "upgrade").glob("*.patch"))
FOUND_TOO = ("timer-added", "workflow-renamed", "argument-required", "dies-on-payment")
PASS = ("patched-timer", "patched-activity", "activity-body")
TYPES = ("InvoiceProcessing",)


def mutant(patch: Path) -> Mutant:
    return Mutant(patch.stem, patch, "", "", "")


@pytest.mark.parametrize("patch", ONLY_TOGETHER, ids=lambda patch: patch.stem)
def test_what_only_two_versions_together_show(patch: Path) -> None:
    with version_folder(CONFIG, mutant(patch)) as folder:
        replayed = ask(CONFIG.app, folder, corpus_of(CONFIG, None), prefixes=True)
        assert {result.reason for result in replayed.results.values()} == {REPLAYED}
        assert replayed.verdict is Verdict.VALID
        upgrade = Upgrade(project_of(CONFIG).version(folder), CONFIG.root)
        found = judged(try_upgrade(upgrade, seeds=[1]), TYPES)
        assert found.verdict is Verdict.INVALID
        assert any(header(patch)["Found"] in finding.message for finding in found.findings)
        assert [each.verdict for each in on_server(upgrade, folder)] == [Verdict.INVALID]


@pytest.mark.parametrize("name", FOUND_TOO)
def test_what_a_replay_finds_is_found_here_too(name: str) -> None:
    with version_folder(CONFIG, mutant(HERE / "unsafe" / f"{name}.patch")) as folder:
        tried = try_upgrade(Upgrade(project_of(CONFIG).version(folder), CONFIG.root), seeds=[1])
        assert judged(tried, TYPES).verdict is Verdict.INVALID


@pytest.mark.parametrize("name", PASS)
def test_a_safe_change_is_handed_over_at_every_task(name: str) -> None:
    with version_folder(CONFIG, mutant(HERE / "safe" / f"{name}.patch")) as folder:
        found = judged(try_upgrade(Upgrade(project_of(CONFIG).version(folder), CONFIG.root), seeds=[1]), TYPES)
        assert (found.verdict, found.findings) == (Verdict.VALID, ())
        assert int(found.counts["hand-overs"]) >= 8
