"""Cuts come one after the other in each lane, strike the worker that sent the request, and let it go: with fakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chaos
from chaos.cuts import HOW, draw_cuts
from chaos.fault import Milestone
from chaos.plan import CutPoint, Plan, PlannedFault, plan_from_json
from chaos.testing_cuts import EFFECTS, FakeSite, tried
from harness.record.cuts import ACK_DROPPED, KILLED_AFTER, KILLED_BEFORE, STOPPED, WAYS
from harness.record.record import Attempt
from harness.seed import Seed


@pytest.mark.parametrize(
    ("way", "point", "then"),
    [
        (KILLED_BEFORE, "before_effect", "abandon"),
        (KILLED_AFTER, "after_commit", "release"),
        (ACK_DROPPED, "drop_ack", "release"),
        (STOPPED, "after_commit", "release"),
    ],
)
async def test_a_cut_strikes_the_worker_that_asked_and_lets_the_request_go_at_once(
    monkeypatch: pytest.MonkeyPatch, way: str, point: str, then: str
) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", way, 1)], ["INV-1"], {2: ["INV-1"]})
    assert done.story.told == [f"arm h1 for refund at {point}", "strike 1", f"{then} h1", "heal 1"]
    assert done.events("1") == ["engaged", "injected", "landed", "healed", "felt"]
    engaged = next(record for record in done.story.records if record.get("event") == "engaged")
    assert engaged["attempt_id"] == "attempt-1"
    assert done.faults["1"].milestone == Milestone("INV-1", None if way == ACK_DROPPED else 2, "smtp", 12.5)


async def test_the_cuts_of_a_lane_come_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = [CutPoint("refund", KILLED_AFTER, 1), CutPoint("mail:reminder", KILLED_AFTER, 1)]
    done = await tried(monkeypatch, cuts, ["INV-1", "INV-2"], {1: ["INV-1", "INV-2"]})
    assert done.story.told == [
        *("arm h1 for refund at after_commit", "strike 1", "release h1", "heal 1"),
        *("arm h2 for mail:reminder at after_commit", "strike 2", "release h2", "heal 2"),
    ]


async def test_lanes_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = [CutPoint("refund", KILLED_AFTER, 1), CutPoint("mail:reminder", KILLED_AFTER, 2)]
    done = await tried(monkeypatch, cuts, ["INV-1", "INV-2"], {1: ["INV-1"], 2: ["INV-2"]})
    assert [line for line in done.story.told if line.startswith("arm")] == done.story.told[:2]


@pytest.mark.parametrize(
    ("asking", "fleet"),
    [
        ({1: ["INV-1"], 2: ["INV-2"]}, {"held_slots": [1]}),
        ({1: ["INV-1"], 2: ["INV-2"]}, {"dead": frozenset({1})}),
        ({1: ["INV-1"], 2: ["INV-2"]}, {"resumed": {1: 11.0}}),
        ({1: ["INV-1"], 2: ["INV-1", "INV-2"]}, {"resumed": {2: 10.0}}),
        ({2: ["INV-2"]}, {}),
    ],
    ids=["in another fault's hands", "dead", "just woken up", "one of two", "nobody"],
)
async def test_a_request_whose_worker_is_not_to_be_had_goes_on_and_the_next_is_taken(
    monkeypatch: pytest.MonkeyPatch, asking: Mapping[int, Sequence[str]], fleet: Mapping[str, Any]
) -> None:
    cut = CutPoint("refund", KILLED_BEFORE, 1)
    done = await tried(monkeypatch, [cut], ["INV-1", "INV-2"], asking, **fleet)
    assert done.story.told == [
        *("arm h1 for refund at before_effect", "release h1"),
        *("arm h2 for refund at before_effect", "strike 1", "abandon h2", "heal 1"),
    ]
    assert done.faults["1"].milestone == Milestone("INV-2", 2, "smtp", 12.5)


@pytest.mark.parametrize("way", WAYS)
async def test_a_request_of_an_attempt_that_another_has_followed_is_not_cut(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def attempts(self: FakeSite, worker: str) -> tuple[Attempt, ...]:
        late = Attempt(worker, 1, "send", "invoice-INV-1", "run", "1", 1, 0.0, subject="INV-1")
        done = replace(late, attempt=2, ended_seconds=5.0, outcome="completed")
        other = replace(late, run_id="other", subject="INV-2")
        return {"worker-1.1": (late,), "worker-2.1": (done, other)}[worker]

    monkeypatch.setattr(FakeSite, "attempts", attempts)
    done = await tried(monkeypatch, [CutPoint("refund", way, 1)], ["INV-1", "INV-2"], {})
    assert [line for line in done.story.told if line.startswith(("arm", "strike"))] == [
        f"arm h1 for refund at {HOW[way].point}",
        f"arm h2 for refund at {HOW[way].point}",
        "strike 1",
    ]


async def test_what_never_comes_is_waited_for_only_as_long_as_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", KILLED_AFTER, 1)], [None], {})
    assert done.events("1")[0] == "error"
    assert "landed" not in done.events("1")
    assert "release h1" in done.story.told


async def test_a_request_is_let_go_when_its_worker_cannot_be_struck(monkeypatch: pytest.MonkeyPatch) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", KILLED_BEFORE, 1)], ["INV-1"], {1: ["INV-1"]}, fail=True)
    assert done.events("1")[:2] == ["engaged", "error"]
    assert done.story.told[1:] == ["abandon h1", "heal 1"]


@given(seed=st.integers(), lanes=st.integers(1, 4))
def test_every_cell_is_dealt_once_and_evenly_and_the_same_for_the_same_seed(seed: int, lanes: int) -> None:
    def draw() -> tuple[PlannedFault, ...]:
        return draw_cuts(Seed(seed).stream("faults"), EFFECTS, lanes=lanes, paused_seconds=(7.0, 8.0))

    faults = draw()
    assert faults == draw()
    cuts = [fault.cut for fault in faults if fault.cut is not None]
    assert sorted((cut.effect, cut.way) for cut in cuts) == sorted((effect, way) for effect in EFFECTS for way in WAYS)
    sizes = Counter(cut.lane for cut in cuts)
    assert set(sizes) <= set(range(1, lanes + 1))
    assert max(sizes.values()) - min(sizes.values()) <= len(WAYS)
    assert plan_from_json(Plan(faults).to_json()) == Plan(faults)
    for fault in faults:
        chaos.make_fault(fault.kind, fault.parameters)


def test_a_plan_without_cuts_says_nothing_of_them() -> None:
    [fault] = Plan((PlannedFault("f1", "worker-kill", {"down_seconds": 1.0}, after_seconds=3.0),)).to_json()
    assert sorted(fault) == ["after_seconds", "fault_id", "kind", "parameters"]
