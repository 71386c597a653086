"""Which lines of the application are run: a change anywhere else could not be noticed by anybody.

Data flow: whoever can drive the application (fault-free) → **reached** → ``draw``. Made of the interpreter's own
tracing, of this thread and those that it starts. A function all of whose lines were seen is traced no more, because
tracing costs far more than what is traced.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from harness.mutants.generated.draw import Line


def lines_reached(run: Callable[[], object], root: Path, folders: Sequence[Path]) -> frozenset[Line]:
    """The lines of files in these folders that are run while ``run`` is.

    What stands outside of functions is run once, on import: have ``run`` import the application in a process that has
    not done so, and constants of modules count as reached, too.

    :param folders: of the application; one may be a file.
    """
    lines = _Lines(root.resolve(), [folder.resolve() for folder in folders])
    before, before_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(lines.enter)
    sys.settrace(lines.enter)
    try:
        run()
    finally:
        sys.settrace(before)
        threading.settrace(before_in_threads)
    return frozenset(lines.seen)


class _Lines:
    def __init__(self, root: Path, folders: Sequence[Path]) -> None:
        self._root, self._folders = root, folders
        self._files: dict[str, str | None] = {}
        self._unseen: dict[CodeType, set[int]] = {}
        self.seen: set[Line] = set()

    def enter(self, frame: FrameType, event: str, _value: Any) -> Callable[[FrameType, str, Any], Any] | None:
        """Called for each function that is entered; says what is called for each of its lines."""
        code = frame.f_code
        if code not in self._unseen:
            inside = self._file(code.co_filename) is not None
            lines = {line for _, _, line in code.co_lines() if line}
            # A function begins on its first line, and unless that is its only one does nothing there.
            within = lines - {code.co_firstlineno} if code.co_name != "<module>" else lines
            self._unseen[code] = (within or lines) if inside else set()
        return self._line if self._unseen[code] else None

    def _line(self, frame: FrameType, event: str, _value: Any) -> Callable[[FrameType, str, Any], Any] | None:
        file = self._file(frame.f_code.co_filename)
        if file is not None:
            self.seen.add((file, frame.f_lineno))
            self._unseen[frame.f_code].discard(frame.f_lineno)
        return self._line

    def _file(self, filename: str) -> str | None:
        """Its path from the root if it is one of the application's."""
        if filename not in self._files:
            path = Path(filename).resolve()
            inside = any(path == folder or folder in path.parents for folder in self._folders)
            self._files[filename] = path.relative_to(self._root).as_posix() if inside else None
        return self._files[filename]
