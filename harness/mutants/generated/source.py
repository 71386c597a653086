"""One file of the application as it is mutated: its text, its syntax tree, and where each node of it stands.

Data flow: folders of the application → **source** → ``candidates``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.application.version import code_in
from harness.config import ProjectConfig
from harness.errors import UsageError

OF_TESTS = ("test_", "testing_", "fake_", "conftest")
FOLDERS_OF_TESTS = frozenset({"test", "tests", "__pycache__"})


@dataclass(frozen=True)
class Edit:
    """The bytes from ``start`` up to ``end`` of a file become ``text``."""

    start: int
    end: int
    text: str


Edits = tuple[Edit, ...]
"""What one change does to one file; none overlaps another."""


@dataclass(frozen=True)
class Source:
    """A Python file.

    :param file: its path from the project's root, with forward slashes.
    :param module: the name it is imported by.
    """

    file: str
    module: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        :raises UsageError: the file is not Python.
        """
        try:
            return ast.parse(self.text, self.file)
        except SyntaxError as error:
            raise UsageError(f"{self.file}:{error.lineno} cannot be mutated: {error.msg}") from error

    @cached_property
    def _content(self) -> bytes:
        return self.text.encode()

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins, in bytes: columns of a syntax tree are bytes, too."""
        begins = [0]
        for line in self._content.split(b"\n"):
            begins.append(begins[-1] + len(line) + 1)
        return begins

    def start(self, node: ast.AST) -> int:
        """The first byte of a node that has a place."""
        return self._lines[node.lineno - 1] + int(node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """The byte after the node's last."""
        return self._lines[node.end_lineno - 1] + int(node.end_col_offset)  # type: ignore[attr-defined]

    def between(self, start: int, end: int) -> str:
        """The text from one byte up to another."""
        return self._content[start:end].decode()

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.between(self.start(node), self.end(node))

    def line_of(self, byte: int) -> int:
        """The number of the line that the byte stands in, from 1."""
        return self._content.count(b"\n", 0, byte) + 1

    def changed(self, edits: Iterable[Edit]) -> str:
        """The whole text with the edits made."""
        content = self._content
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            content = content[: edit.start] + edit.text.encode() + content[edit.end :]
        return content.decode()


def sources_of(config: ProjectConfig) -> list[Source]:
    """The files of the project's application.

    :raises UsageError: the application does not lie in the project's folder, or a file of it is not text.
    """
    code = code_in(config.root, config.app)
    if code is None:
        raise UsageError(f"{config.app} lies neither in {config.root} nor in its src, so nothing of it can be mutated")
    return read_sources(config.root, [code])


def read_sources(root: Path, folders: Sequence[Path]) -> list[Source]:
    """Each Python file in these folders (or that one of them is), by path; without tests and what helps them.

    :raises UsageError: a file is not UTF-8.
    """
    files = {file for folder in folders for file in (folder.rglob("*.py") if folder.is_dir() else [folder])}
    named = {file.relative_to(root).as_posix(): file for file in files}
    return [_read(name, named[name]) for name in sorted(named) if not _of_tests(Path(name))]


def _of_tests(path: Path) -> bool:
    return path.name.startswith(OF_TESTS) or not FOLDERS_OF_TESTS.isdisjoint(path.parts)


def _read(name: str, file: Path) -> Source:
    try:
        text = file.read_bytes().decode()  # read_text would turn the ends of lines into others
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: {error.reason} at byte {error.start}") from error
    parts = Path(name.removeprefix("src/")).with_suffix("").parts
    return Source(name, ".".join(parts[:-1] if parts[-1] == "__init__" else parts), text)
