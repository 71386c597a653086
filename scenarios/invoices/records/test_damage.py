"""A sealed record of ten invoices, damaged in every way that is known: nothing of it may stay VALID, or end otherwise.

When a record holds something new, or is judged by something new, the record that is kept has to be recorded again:
``make records``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.application.contract import load_application
from harness.application.sources import Sources
from harness.experiment.again import Judged, judge_and_report, judge_directory
from harness.record.integrity.seal import SEAL, read_seal, write_seal
from harness.verdict import Verdict
from scenarios.invoices.records.copies import made_whole
from scenarios.invoices.records.damage import Damage, changes_of_fields, damages, is_as_before, with_care
from scenarios.invoices.records.record import unpacked
from scenarios.invoices.records.survivors import REASONS
from scenarios.invoices.records.ten import claim_of

APP = load_application("workflows.app")
SHARES = 8


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("ten-invoices", tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("another-run", tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def everything(kept: Path, other: Path) -> list[Damage]:
    return [*damages(kept, other), *changes_of_fields(kept)]


def damaged(kept: Path, scratch: Path, damage: Damage) -> Path:
    damage.do(made_whole(kept, scratch))
    return scratch


def test_the_record_as_it_was_sealed_is_valid(kept: Path, tmp_path: Path) -> None:
    whole = damaged(kept, tmp_path / "run", Damage("none", "none", lambda folder: None))
    judged = judge_and_report(whole, claim_of, APP)
    bad = [f"{result.check}: {result.summary}" for result in judged.results if result.verdict is not Verdict.VALID]
    assert not bad, f"{bad}; if records or checks have changed, `make records` records it again"
    assert judged.sound


def test_there_are_enough_ways_and_each_is_one_of_its_own(everything: list[Damage]) -> None:
    names = [damage.name for damage in everything]
    assert len(names) == len(set(names)) > 300


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_is_damaged_the_record_is_unknown_and_the_place_is_named(
    kept: Path, everything: list[Damage], tmp_path: Path, share: int
) -> None:
    for damage in everything[share::SHARES]:
        folder = damaged(kept, tmp_path / "run", damage)
        # Stale pages that say VALID: none of them may stay.
        (folder / "verdict.json").write_text('{"verdict": "VALID"}')
        judged = judge_and_report(folder, claim_of, APP)
        assert (judged.verdict, judged.sound) == (Verdict.UNKNOWN, False), damage.name
        assert json.loads((folder / "verdict.json").read_text())["verdict"] == "UNKNOWN"
        (result,) = judged.results
        place = damage.name.partition(": ")[0].partition(":")[0]
        assert any(place in f"{finding.subject}: {finding.message}" for finding in result.findings), damage.name


@pytest.mark.parametrize("line", [1, 7, 40])
def test_the_line_that_was_changed_is_named(kept: Path, tmp_path: Path, line: int) -> None:
    world = kept / "journal" / "world.jsonl"
    lines = world.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b'"seq":', b'"seq": ')
    change = Damage("spaced", "spaced", lambda folder: _write(folder / "journal" / "world.jsonl", b"".join(lines)))
    judged = judge_directory(damaged(kept, tmp_path / "run", change), claim_of, APP)
    assert judged.results[0].findings[0].subject == f"journal/world.jsonl:{line}"


@pytest.mark.long
@pytest.mark.parametrize("care", [False, True], ids=["sealed again", "and numbered anew"])
@pytest.mark.parametrize("share", range(SHARES))
def test_what_stays_valid_when_it_is_sealed_again_is_known(
    kept: Path, everything: list[Damage], tmp_path: Path, share: int, care: bool
) -> None:
    where = "journal/" if care else ""
    found = [each for each in everything if each.name.startswith(where) and not each.name.startswith(SEAL)]
    # What has a reason may stay VALID, so there is nothing to find out about it.
    kinds = {damage.kind: damage for damage in reversed(found) if damage.kind not in REASONS}
    mine = sorted(kinds.items())[share::SHARES]
    assert mine
    unexplained = {}
    for kind, damage in mine:
        folder = damaged(kept, tmp_path / "run", damage)
        if care and not with_care(folder, read_seal(kept).run_id):
            continue  # it is the one without care
        if sealed_again(folder, kept).verdict is Verdict.VALID and not is_as_before(folder, kept):
            unexplained[damage.name] = kind
    assert not unexplained, f"stays VALID, and no reason is known: {unexplained}"


def sealed_again(folder: Path, kept: Path) -> Judged:
    seal = read_seal(kept)
    write_seal(folder, seal.run_id, Sources(**seal.sources))
    return judge_directory(folder, claim_of, APP)


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
