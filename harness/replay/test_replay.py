"""The replay of recorded histories: what replays, what diverges, what hangs and what cannot be replayed.

The history is hand-made, as a server would have written it, so that no server is needed. The applications are small
modules in a folder of their own, which is how a version of an application is told from another.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from harness.record.history_endings import file_of, ids_of
from harness.record.journal import read_journal
from harness.replay.child import pending
from harness.replay.reasons import REPLAYED, UNDECODABLE
from harness.replay.replayer import reason_of
from harness.replay.supervisor import SILENT_AT_MOST, replay_histories
from harness.replay.testing_replay import CHANGED, ENDLESS, job, outcomes, sleeper_history
from harness.sim.surface.replaying import Watched


async def test_the_code_that_made_the_histories_replays_them(tmp_path: Path) -> None:
    made = job(tmp_path)
    assert await outcomes(made) == {"run-0": ("ok", ""), "run-1": ("ok", "")}
    lines = [line for line in read_journal(made.results(0)) if line["kind"] == "replayed"]
    assert {line["tasks_completed"] for line in lines} == {2}


async def test_other_commands_are_a_divergence(tmp_path: Path) -> None:
    found = await outcomes(job(tmp_path, body=CHANGED))
    assert {outcome for outcome, _ in found.values()} == {"nondeterminism"}
    assert found["run-0"][1].startswith("[TMPRL1100] Nondeterminism error: ")
    assert "source:" not in found["run-0"][1]


def without(text: str, *numbers: int) -> str:
    """The history without these events."""
    read = json.loads(text)
    return json.dumps({"events": [event for number, event in enumerate(read["events"], 1) if number not in numbers]})


DECODED = sleeper_history("decoded").replace('"data": "InNsZXB0Ig=="', '"data": {"slept": true}')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}}", "not a history: Extra data"),
        ("{}", "not a history: "),
        ('{"events": []}', "not a history: its first event is not the start of a workflow"),
        (without(sleeper_history("x"), 1), "not a history: its first event is not the start of a workflow"),
        (DECODED, "not a history that can be replayed: its payloads were decoded"),
        (sleeper_history("unknown", "Nobody"), "Nobody"),
    ],
    ids=["no JSON", "no events", "empty", "without its first event", "decoded", "unknown"],
)
async def test_what_cannot_be_replayed_is_an_error_and_no_guilt_and_the_rest_goes_on(
    tmp_path: Path, text: str, told: str
) -> None:
    made = job(tmp_path, histories=1, history_seconds=10.0)
    (made.histories / "broken.json").write_text(text)
    found = await outcomes(made)
    assert found["run-0"] == ("ok", "")
    outcome, message = found["broken"]
    assert outcome == "error"
    assert told in message


async def test_a_history_without_a_finished_task_is_not_replayed_and_proves_nothing(tmp_path: Path) -> None:
    made = job(tmp_path, histories=0)
    (made.histories / "begun.json").write_text(without(sleeper_history("begun"), *range(2, 20)))
    assert await outcomes(made) == {"begun": ("ok", "")}
    lines = [line for line in read_journal(made.results(0)) if line["kind"] == "replayed"]
    assert [line["tasks_completed"] for line in lines] == [0]


async def test_a_replay_that_hangs_is_killed_and_the_rest_goes_on(tmp_path: Path) -> None:
    made = job(tmp_path, body=ENDLESS, histories=SILENT_AT_MOST + 1, history_seconds=0.5)
    async with asyncio.timeout(60):
        found = await outcomes(made)
    assert [outcome for outcome, _ in found.values()] == ["hung"] * SILENT_AT_MOST + ["error"]
    assert "hung 3 times before it" in found[f"run-{SILENT_AT_MOST}"][1]


async def test_a_divergence_that_may_end_the_workflow_is_found_in_bounded_time(tmp_path: Path) -> None:
    made = job(tmp_path, body=CHANGED, failures="(Exception,)", histories=2, history_seconds=1.0)
    async with asyncio.timeout(60):
        found = await outcomes(made)
    assert {outcome for outcome, _ in found.values()} <= {"nondeterminism", "hung"}


async def test_an_application_that_cannot_be_imported_is_an_error_of_every_history(tmp_path: Path) -> None:
    made = job(tmp_path)
    (made.version_folder / "sleeping.py").write_text("raise RuntimeError('broken import')")
    found = await outcomes(made)
    assert {outcome for outcome, _ in found.values()} == {"error"}
    assert "broken import" in found["run-0"][1]


async def test_without_histories_nothing_is_started(tmp_path: Path) -> None:
    made = job(tmp_path, histories=0)
    await replay_histories(made)
    assert list(made.log(0).parent.iterdir()) == []
    assert not any(made.results(share).exists() for share in range(made.shares))


def test_the_shares_are_disjoint_and_leave_nothing_out(tmp_path: Path) -> None:
    made = job(tmp_path, histories=5)
    shares = [pending(made.histories, made.results(share), share, 2) for share in range(2)]
    assert sorted(file.name for share in shares for file in share) == sorted(f.name for f in made.histories.iterdir())


def test_only_the_sdks_word_is_a_divergence() -> None:
    assert reason_of(RuntimeError("4: undecodable"), Watched())[0] == UNDECODABLE
    assert reason_of(None, Watched()) == (REPLAYED, "")


@pytest.mark.parametrize(
    "workflow_id",
    ["invoice-A", "with.dots", "a/b:c d", "فاتورة", "long" * 250],
    ids=["plain", "dots", "odd", "arabic", "long"],
)
def test_a_history_says_whose_it_is(tmp_path: Path, workflow_id: str) -> None:
    file = tmp_path / file_of("0a-1b")
    file.write_text(sleeper_history("0a-1b", workflow_id=workflow_id))

    assert ids_of(file) == (workflow_id, "0a-1b")


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"events": []}', b'{"events": [1]}', b"\xff", b"[" * 99_999],
    ids=["empty", "a list", "no events", "an odd event", "no text", "deep"],
)
def test_of_what_is_no_history_only_the_run_is_known(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "0a-1b.json").write_bytes(text)

    assert ids_of(tmp_path / "0a-1b.json") == ("", "0a-1b")
    assert ids_of(tmp_path / "none.json") == ("", "none")
