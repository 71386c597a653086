"""The windows of faults on the time axis of the load."""

from __future__ import annotations

from pathlib import Path

from harness.load.report.bands import bands_of
from harness.record.journal import FileJournal


def test_faults_are_numbered_as_they_struck(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal" / "harness.jsonl", "harness")

    def write(event: str, fault_id: str, **more: float) -> float:
        return float(journal.write("fault", fault_id=fault_id, event=event, evidence="", **more)["at_seconds"])

    for fault_id, kind in (("a", "link-cut"), ("b", "worker-kill"), ("c", "process-kill"), ("d", "link-slow")):
        journal.write("fault-planned", fault_id=fault_id, fault=kind, description="")
    injected_b = write("injected", "b")
    healed_b = write("healed", "b")
    injected_a = write("injected", "a")
    write("injected", "c", since_seconds=injected_b - 5)
    healed_c = write("healed", "c")
    journal.close()
    began_seconds = injected_b - 10
    bands = bands_of(tmp_path, began_seconds)
    assert [(band.number, band.title) for band in bands] == [(1, "process-kill"), (2, "worker-kill"), (3, "link-cut")]
    assert [band.start_seconds for band in bands] == [5, 10, injected_a - began_seconds]
    assert [band.end_seconds for band in bands] == [healed_c - began_seconds, healed_b - began_seconds, None]
