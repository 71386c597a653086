"""A claimed schedule with a mistake in it, in a process of its own: importing locust changes the whole process."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gevent

from harness.experiment.workload import Answer, PlannedOperation
from harness.load.client.bridge import Bridge
from harness.load.client.session import Place, Session
from harness.load.drive import claimed
from harness.load.drive.claimed import ClaimedLoop
from harness.load.measure.handover import WRITER
from harness.load.measure.measurements import Measurements
from harness.load.measure.measuring import Meter
from harness.load.measure.offered import Offered
from harness.record.journal import read_journal
from harness.record.record import Outcome, RunInfo
from harness.record.rundir import write_run_info


async def _mistaken(caller: Any) -> Answer:
    raise LookupError("no sample")


async def _on_a_full_disk(caller: Any) -> Answer:
    raise OSError(errno.ENOSPC, "no space left")


async def _ok(caller: Any) -> Answer:
    return Answer(Outcome.OK)


class Four:
    """Asks four times; the first is a mistake, the second fails for want of disk, and each of the others needs one."""

    def operations(self) -> list[PlannedOperation]:
        first = PlannedOperation("pay/1", "pay", "1", 0.0, _mistaken)
        return [
            first,
            PlannedOperation("pay/2", "pay", "2", 0.0, _on_a_full_disk),
            PlannedOperation("ask/1", "ask", "1", 0.0, _ok, needs=("pay/1",)),
            PlannedOperation("ask/2", "ask", "2", 0.0, _ok, needs=("pay/2",)),
        ]


def play(folder: Path) -> None:
    """Make the schedule once, in this process, and print what was told."""
    write_run_info(folder, RunInfo("orders-1", "orders", "", 1, "dev", "", ""))
    (folder / "journal").mkdir()
    claimed.load_claim = lambda config, name: SimpleNamespace(name="orders", workload=lambda seed: Four())  # type: ignore
    bridge = Bridge()
    session = SimpleNamespace(
        place=Place(),
        options=SimpleNamespace(drain_seconds=60.0),
        connection=bridge,
        meter=Meter(Measurements(), lambda **said: None),
        offered=Offered(),
    )
    loop = ClaimedLoop(cast(Session, session), folder, print)
    loop.begin()
    with gevent.Timeout(60):
        while len(outcomes_in(folder)) < 2:
            gevent.sleep(0.01)
    loop.end()
    bridge.close()


def outcomes_in(folder: Path) -> dict[str, str]:
    """Operation id → as what it ended, by the journal."""
    lines = read_journal(folder / "journal" / f"{WRITER}.jsonl")
    return {line["operation_id"]: line["outcome"] for line in lines if line["kind"] == "return"}


if __name__ == "__main__":
    play(Path(sys.argv[1]))
