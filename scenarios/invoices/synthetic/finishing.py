"""What makes a run directory of the lines: what was planned and begun, the journals of all writers, and the seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.application.sources import Sources
from harness.record.integrity.agreement import BEGUN, beginning_of
from harness.record.integrity.seal import write_seal
from harness.record.record import RunInfo
from harness.record.rundir import stem_of, write_json, write_run_info
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.staff import Staff
from scenarios.invoices.synthetic.timeline import BRING_UP_SECONDS, instant
from scenarios.invoices.synthetic.trouble import Kill, Trouble

CLAIM = "synthetic"
PROMISE = "Nothing happened, so nothing is lost or done twice."
SOURCES = Sources("workflows.app", None)
"""Nothing was run, so no code is the one that ran."""


def finish(
    folder: Path, seed: int, given: Mapping[str, Any], faults: Sequence[Trouble], staff: Staff, lines: Lines
) -> None:
    """Write everything into the folder, and seal it."""
    info = _info(seed)
    planned = [
        {"fault_id": each.fault_id, "kind": "worker-kill" if isinstance(each, Kill) else "service-errors"}
        for each in faults
    ]
    write_run_info(folder, info)
    write_json(folder / "input.json", given)
    write_json(folder / "plan.json", {"claim": CLAIM, "seed": seed, "faults": planned, "workload": given})
    lines.add("harness", BRING_UP_SECONDS - 0.0001, BEGUN, **beginning_of(folder, info, SOURCES))
    pids = {worker.name: worker.pid for worker in staff.workers}
    killed = {worker.name for worker in staff.workers if worker.killed_seconds is not None}
    lines.write(folder / "journal", info.run_id, pids, killed)
    write_seal(folder, info.run_id, SOURCES)


def _info(seed: int) -> RunInfo:
    started = instant(BRING_UP_SECONDS)
    return RunInfo(
        run_id=stem_of(CLAIM, seed, started),
        claim=CLAIM,
        promise=PROMISE,
        seed=seed,
        stack="dev",
        started_at=started.isoformat(),
        command=f"assay run {CLAIM} --seed {seed}",
    )
