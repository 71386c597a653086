"""The gate tells every change of the invoices for what it is: safe, unsafe by event and line, or drift by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness.application.version import Mutant, version_folder
from harness.config import load_config
from harness.replay.gate.corpus import corpus_of
from harness.replay.gate.gate import Answers, ask
from harness.replay.reasons import DIVERGED, DRIFTED, REPLAYED, VERDICTS
from harness.replay.result import Result
from harness.verdict import Verdict

HERE = Path(__file__).parent
CONFIG = load_config(HERE)
FAST = {"patched-timer", "timer-added", "start-to-close"}
"""The others take as long as a few thousand other tests together."""
NUMBER_AND_ID = re.compile(r"^event \d+ | \(id .*\)$")

pytestmark = pytest.mark.replay


def changes(kind: str) -> list[Any]:
    files = sorted((HERE / kind).glob("*.patch"))
    assert len(files) >= 12
    return [
        pytest.param(
            file, id=file.stem, marks=() if file.stem in FAST else (pytest.mark.long, pytest.mark.timeout(600))
        )
        for file in files
    ]


def header(patch: Path) -> dict[str, str]:
    lines = patch.read_text().partition("\n---")[0].splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def answers(patch: Path) -> tuple[Answers, list[str]]:
    """What the gate says, and the text of every line that it names."""
    with version_folder(CONFIG, Mutant(patch.stem, patch, "", "", "")) as folder:
        found = ask(CONFIG.app, folder, corpus_of(CONFIG, None))
        return found, [_text_of(place) for place in _places(found.results.values())]


def _places(results: Iterable[Result]) -> set[str]:
    drifts = (place for result in results for drift in result.drifts for place in drift.places)
    return {place for result in results for place in result.places} | set(drifts)


def _text_of(place: str) -> str:
    file, _, line = place.rpartition(":")
    return Path(file).read_text().splitlines()[int(line) - 1].strip()


def plain(event: str) -> str:
    """The event without what differs from history to history."""
    return NUMBER_AND_ID.sub("", NUMBER_AND_ID.sub("", event))


@pytest.mark.parametrize("patch", changes("safe"))
def test_a_safe_change_passes(patch: Path) -> None:
    found, _ = answers(patch)
    assert {result.reason for result in found.results.values()} == {REPLAYED}
    assert found.verdict is Verdict.VALID


@pytest.mark.parametrize("patch", changes("unsafe"))
def test_an_unsafe_change_is_told_by_event_and_line(patch: Path) -> None:
    found, lines = answers(patch)
    told = [each for file, each in found.results.items() if file.is_file() and VERDICTS[each.reason] is Verdict.INVALID]
    assert found.verdict is Verdict.INVALID
    assert all(result.recorded.startswith(("event", "no event")) for result in told)
    wanted = header(patch)
    if " | " in wanted["Found"]:
        assert {result.reason for result in told} == {DIVERGED}
        event, _, command = wanted["Found"].partition(" | ")
        assert (event, command) in {(plain(result.recorded), plain(result.commanded)) for result in told}
    else:
        assert {result.reason for result in told} == {wanted["Found"]}
    if line := wanted.get("Line"):
        assert any(line in text for text in lines), lines


@pytest.mark.parametrize("patch", changes("drift"))
def test_drift_is_told_by_event_and_field(patch: Path) -> None:
    found, lines = answers(patch)
    told = [result for result in found.results.values() if result.reason != REPLAYED]
    assert {result.reason for result in told} == {DRIFTED}
    assert found.verdict is Verdict.INVALID
    event, _, field = header(patch)["Found"].partition(" | ")
    drifts = {(plain(drift.event), drift.field) for result in told for drift in result.drifts}
    assert [each for each in drifts if each[0].startswith(event) and each[1].startswith(field)], drifts
    assert bool(lines) == (header(patch).get("Line") != "none")
