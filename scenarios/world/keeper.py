"""Keeps what came attached to mails, each content once, under its SHA-256 digest.

The journal holds only the digest; whoever judges reads the bytes back by it. A file appears whole or not at all, so a
world that is killed leaves nothing half written under a digest.

Not covered: power loss (nothing is forced to the disk, as with the journal).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Keep = Callable[[bytes], str]
"""Keeps a content and returns its digest in hex. The same content again changes nothing."""


def digest_of(content: bytes) -> str:
    """What a content is kept under."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class FolderKeeper:
    """Keeps contents as files of a folder, which is made when the first one comes."""

    folder: Path

    def __call__(self, content: bytes) -> str:
        """Write the content unless it is there; it can be read as soon as this returns."""
        digest = digest_of(content)
        file = self.folder / digest
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            # No two writers share a name: one process keeps the mails, and it does so in turn.
            scratch = self.folder / f".{digest}.{os.getpid()}"
            scratch.write_bytes(content)
            scratch.replace(file)
        return digest
