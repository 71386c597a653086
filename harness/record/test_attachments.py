"""Attachments are read by their digest, and never handed out when they are something else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from harness.record.attachments import AttachmentFolder

CONTENT = b"%PDF-1.4 something"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_contents_are_found_by_their_digest(tmp_path: Path) -> None:
    (tmp_path / DIGEST).write_bytes(CONTENT)
    (tmp_path / f".{DIGEST}.17").write_bytes(b"half a cont")
    assert dict(AttachmentFolder(tmp_path)) == {DIGEST: CONTENT}


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert dict(AttachmentFolder(tmp_path / "none")) == {}


def test_what_was_changed_is_not_handed_out(tmp_path: Path) -> None:
    (tmp_path / DIGEST).write_bytes(CONTENT + b"!")
    attachments = AttachmentFolder(tmp_path)
    with pytest.raises(KeyError, match="was changed"):
        attachments[DIGEST]
    assert attachments.get(DIGEST) is None


@pytest.mark.parametrize("name", ["../run.json", "", DIGEST.upper(), "0" * 64])
def test_no_other_file_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert AttachmentFolder(tmp_path / "attachments").get(name) is None
