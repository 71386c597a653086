"""What came attached to effects: files of the run directory under their SHA-256 digest, read when they are asked for.

Data flow: world → ``attachments/<digest>`` → **this mapping** → record → checks. A content that is not what its
name says is never handed out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ATTACHMENTS = "attachments"
"""The folder's name in a run directory."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class AttachmentFolder(Mapping[str, bytes]):
    """Digest → bytes, of the files in a folder; empty when there is no such folder. Nothing is kept in memory."""

    folder: Path

    def __getitem__(self, digest: str) -> bytes:
        """The bytes of this digest.

        :raises KeyError: there is no such file, or its content has another digest.
        """
        if not _DIGEST.fullmatch(digest):
            raise KeyError(f"{digest[:80]!r} is not a SHA-256 digest")
        try:
            content = (self.folder / digest).read_bytes()
        except OSError as error:
            raise KeyError(f"{ATTACHMENTS}/{digest} cannot be read: {error}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            raise KeyError(f"{ATTACHMENTS}/{digest} was changed: its digest is {found}")
        return content

    def __iter__(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from sorted(file.name for file in self.folder.iterdir() if _DIGEST.fullmatch(file.name))

    def __len__(self) -> int:
        return sum(1 for _ in self)
