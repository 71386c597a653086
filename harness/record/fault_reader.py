"""Reads the faults of a run back from its journal: how each went, what it struck, and the evidence.

Data flow: lines of the plan and of the nemesis → **faults** → record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.record.fault_record import Cut, FaultRecord, Strike
from harness.record.lines import Line, at, place_of
from harness.typed import made


def faults_of(planned: Sequence[Line], events: Sequence[Line]) -> tuple[FaultRecord, ...]:
    """One `FaultRecord` per planned fault; the last word on each thing decides."""
    states: dict[str, dict[str, Any]] = {}
    last: dict[str, Line] = {}
    for line in planned:
        with at(line):
            states[line["fault_id"]] = {"kind": line["fault"], **{n: line[n] for n in ("fault_id", "description")}}
            last[line["fault_id"]] = line
            if "words" in line:
                states[line["fault_id"]]["words"] = tuple(line["words"])
            if "cut" in line:
                states[line["fault_id"]]["cut"] = made(Cut, line["cut"], place_of(line))
    for line in events:
        with at(line):
            state = states[line["fault_id"]]
            last[line["fault_id"]] = line
            if line["event"] == "engaged":
                state["cut"] = replace(state["cut"], attempt_id=line["attempt_id"])
            if line["event"] in ("injected", "healed"):
                # A fault that needs time to land may have struck before it had.
                state[f"{line['event']}_seconds"] = line.get("since_seconds", line["at_seconds"])
            if line["event"] in ("landed", "felt", "error"):
                state[line["event"]] = line["evidence"]
            if line.get("struck"):
                # The last word on what was struck is the one after healing: it also says until when.
                state["struck"] = tuple(
                    made(Strike, {**strike, "ends": tuple(strike.get("ends", ()))}, place_of(line))
                    for strike in line["struck"]
                )
    return tuple(made(FaultRecord, state, place_of(last[fault_id])) for fault_id, state in states.items())
