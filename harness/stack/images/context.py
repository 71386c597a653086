"""What an image is built of: its Dockerfile and files, as one archive and as a number that says whether it changed."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """A build context.

    :param dockerfile: the Dockerfile.
    :param parts: place in the context → file or folder on this machine.
    :param left_out: patterns of names that are skipped in folders.
    :param arguments: build arguments.
    """

    dockerfile: Path
    parts: dict[str, Path] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    arguments: dict[str, str] = field(default_factory=dict)

    def fingerprint(self, rests_on: str = "") -> str:
        """A number over all that the image is made of: names, modes, contents, arguments.

        :param rests_on: the number of the image that this one begins with.
        """
        number = hashlib.sha256(rests_on.encode())
        for key, value in sorted(self.arguments.items()):
            number.update(f"{key}={value}\0".encode())
        for place, file in self._members():
            status = file.lstat()
            number.update(f"{place}\0{stat.S_IMODE(status.st_mode) & 0o111:o}\0".encode())
            if file.is_symlink():
                number.update(os.readlink(file).encode())
            elif file.is_file():
                with file.open("rb") as content:
                    number.update(hashlib.file_digest(content, "sha256").digest())
        return number.hexdigest()

    def archive(self) -> bytes:
        """The context as the tar archive that Docker takes. Nothing of this machine's users or times is in it."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for place, file in self._members():
                tar.add(file, place, recursive=False, filter=_of_nobody)
        return buffer.getvalue()

    def _members(self) -> Iterator[tuple[str, Path]]:
        yield "Dockerfile", self.dockerfile
        for place, file in sorted(self.parts.items()):
            yield from self._below(place, file)

    def _below(self, place: str, file: Path) -> Iterator[tuple[str, Path]]:
        yield place, file
        if file.is_dir() and not file.is_symlink():
            for child in sorted(file.iterdir()):
                if not any(fnmatch(child.name, pattern) for pattern in self.left_out):
                    yield from self._below(f"{place}/{child.name}", child)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    if member.isfile():
        member.mode = 0o755 if member.mode & 0o111 else 0o644
    elif member.isdir():
        member.mode = 0o755
    return member
