"""The journal keeps what was written whole, whatever happened to its writer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, HarnessDefect
from harness.record.journal import FileJournal, read_journal, read_journals


def test_records_come_back_in_order_with_writer_sequence_and_time(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "a.jsonl", "a")
    journal.write("first", number=1)
    journal.write("second", text="فاتورة")
    records = list(read_journal(tmp_path / "a.jsonl"))
    assert [(r["kind"], r["seq"], r["writer"]) for r in records] == [("first", 1, "a"), ("second", 2, "a")]
    assert records[0]["at_seconds"] <= records[1]["at_seconds"]
    assert records[1]["text"] == "فاتورة"


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    FileJournal(file, "a").write("whole")
    with file.open("ab") as output:
        output.write(b'{"kind":"to')
    assert [record["kind"] for record in read_journal(file)] == ["whole"]


def test_a_writer_that_comes_back_cuts_its_torn_line_off(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    FileJournal(file, "a").write("before")
    with file.open("ab") as output:
        output.write(b'{"kind":"to')
    FileJournal(file, "a").write("after")
    assert [record["kind"] for record in read_journal(file)] == ["before", "after"]


def test_a_torn_line_in_the_middle_is_refused_by_place(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"kind":"to\n{"kind":"whole"}\n')
    with pytest.raises(HarnessDefect, match=r"a\.jsonl:1"):
        list(read_journal(file))


def test_a_field_that_is_not_json_is_a_defect_of_ours(tmp_path: Path) -> None:
    with pytest.raises(HarnessDefect, match="not JSON"):
        FileJournal(tmp_path / "a.jsonl", "a").write("bad", value=object())


def test_all_writers_are_merged_by_the_clock(tmp_path: Path) -> None:
    for name, times in {"a": (1.0, 3.0), "b": (2.0,)}.items():
        lines = [json.dumps({"writer": name, "seq": n, "at_seconds": at, "kind": "k"}) for n, at in enumerate(times)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    assert [record["at_seconds"] for record in read_journals(tmp_path)] == [1.0, 2.0, 3.0]


def test_a_writer_of_a_run_says_whose_it_is_and_that_it_ended(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "a.jsonl", "a", "the-run")
    journal.write("k")
    journal.close()
    records = list(read_journal(tmp_path / "a.jsonl"))
    assert [record["kind"] for record in records] == ["opened", "k", "closed"]
    assert records[0]["run_id"] == "the-run"


def test_a_writer_that_comes_back_counts_on(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    FileJournal(file, "a").write("before")
    with file.open("ab") as output:
        output.write(b'{"seq":2,"kind":"to')
    FileJournal(file, "a").write("after")
    assert [record["seq"] for record in read_journal(file)] == [1, 2]


def test_a_writer_does_not_write_on_what_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("a letter\n")
    with pytest.raises(HarnessDefect, match=r"a\.jsonl does not end in a journal record"):
        FileJournal(tmp_path / "a.jsonl", "a")


def test_a_full_disk_is_told_as_one() -> None:
    journal = FileJournal(Path("/dev/full"), "a")
    with pytest.raises(EnvironmentMissing, match="cannot write the journal /dev/full: No space left on device"):
        journal.write("k")


def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentMissing, match=r"cannot open the journal .*a\.jsonl: File exists"):
        FileJournal(tmp_path / "file" / "a.jsonl", "a")


def test_a_record_that_was_written_by_half_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, write = tmp_path / "a.jsonl", os.write
    journal = FileJournal(file, "a")
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:10]))
        with pytest.raises(EnvironmentMissing, match="is the disk full"):
            journal.write("lost")
    journal.write("kept")
    assert [(record["seq"], record["kind"]) for record in read_journal(file)] == [(1, "kept")]
