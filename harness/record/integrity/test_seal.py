"""The seal names what was changed since, by file and line, and is itself no easier to change."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.application.sources import Sources
from harness.errors import UsageError
from harness.record.integrity.seal import SEAL, changes, read_seal, write_seal

LINES = b'{"seq":1}\n{"seq":2}\n{"seq":3}\n'


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "journal").mkdir()
    (tmp_path / "histories").mkdir()
    (tmp_path / "run.json").write_text("{}\n")
    (tmp_path / "journal" / "a.jsonl").write_bytes(LINES)
    (tmp_path / "histories" / "one.json").write_text('{"events": []}')
    write_seal(tmp_path, "the-run", Sources("app", "0" * 64))
    return tmp_path


def found(run: Path) -> list[str]:
    return [f"{finding.subject} {finding.message}" for finding in changes(run, read_seal(run))]


def test_what_nobody_touched_is_as_it_was_sealed(run: Path) -> None:
    assert found(run) == []
    seal = read_seal(run)
    assert (seal.run_id, seal.sources) == ("the-run", {"app": "app", "sha256": "0" * 64})
    assert sorted(seal.files) == ["histories/one.json", "journal/a.jsonl", "run.json"]
    assert seal.file("journal/a.jsonl").lines == 3


def test_the_first_line_that_is_not_the_sealed_one_is_named(run: Path) -> None:
    (run / "journal" / "a.jsonl").write_bytes(LINES.replace(b"2", b"9"))
    assert found(run) == [
        "journal/a.jsonl:2 is not the line that was sealed, the first of them (3 lines were sealed, 3 are there)"
    ]


def test_lines_at_the_end_that_are_missing_or_more_are_named(run: Path) -> None:
    (run / "journal" / "a.jsonl").write_bytes(LINES[:20])
    assert found(run)[0].startswith("journal/a.jsonl:3 ")
    (run / "journal" / "a.jsonl").write_bytes(LINES + b"x")
    assert found(run)[0].startswith("journal/a.jsonl:4 ")


def test_files_that_are_missing_more_or_no_files_are_named(run: Path) -> None:
    (run / "histories" / "one.json").rename(run / "histories" / "two.json")
    (run / "journal" / "b.jsonl").symlink_to("a.jsonl")
    (run / "attachments").symlink_to("journal")
    told = found(run)
    assert "histories/two.json was added after the run had been sealed" in told
    assert "histories/one.json is missing: it was there when the run was sealed" in told
    assert sum("is not a plain file" in each for each in told) == 2


def test_a_pipe_in_place_of_a_file_is_not_waited_for(run: Path) -> None:
    (run / "run.json").unlink()
    os.mkfifo(run / "run.json")
    assert found(run) == ["run.json is not a plain file, as everything of a record is"]


def test_a_file_that_has_grown_beyond_all_is_not_read(run: Path) -> None:
    os.truncate(run / "histories" / "one.json", 2**40)
    assert found(run) == ["histories/one.json is much larger than the 14 bytes that were sealed"]


@settings(max_examples=60)
@given(data=st.data())
def test_a_seal_in_which_anything_was_changed_is_none(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / "run.json").write_text("{}")
    write_seal(folder, "the-run", Sources("app", None))
    content = (folder / SEAL).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    (folder / SEAL).write_bytes(
        content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    )
    with pytest.raises(UsageError, match=r"^seal\.json: "):
        read_seal(folder)


def test_a_run_without_a_seal_goes_on_or_was_killed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the run is not over, or it was killed"):
        read_seal(tmp_path)


def test_a_seal_of_another_format_is_not_read(run: Path) -> None:
    said = json.loads((run / SEAL).read_bytes())
    (run / SEAL).write_text(json.dumps({**said, "format": 2}))
    with pytest.raises(UsageError, match="not a seal"):
        read_seal(run)


def test_the_same_run_has_the_same_seal(run: Path) -> None:
    before = (run / SEAL).read_bytes()
    write_seal(run, "the-run", Sources("app", "0" * 64))
    assert (run / SEAL).read_bytes() == before
