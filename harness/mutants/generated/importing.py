"""Imports the application with a change in it, without a copy of it: for a process that tries one mutant and ends.

A copy with a patch costs a folder, git, and new interpreters that import from it; here a fresh process imports what it
always does, and one module of that is made of other text. Processes that this one starts know nothing of it: who starts
workers and services takes `version_folder`.
"""

from __future__ import annotations

import importlib
import importlib.abc
import linecache
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from harness.errors import UsageError
from harness.mutants.generated.generated import Generated


def import_with(mutant: Generated, root: Path) -> None:
    """Have this process import the changed text where the module is imported from now on; for good.

    :param root: the project's folder. It must be on Python's path.
    :raises UsageError: the change does not fit the file, or the module was imported before.
    """
    if mutant.module in sys.modules:
        raise UsageError(f"{mutant.module} is imported already, without the change; try {mutant.name} in a new process")
    sys.meta_path.insert(0, _Finder(mutant.module, (root / mutant.file).resolve(), mutant.text(root)))
    importlib.invalidate_caches()


class _Finder:
    """Finds the one module that is changed, where it lies, and leaves all others to those behind it."""

    def __init__(self, module: str, file: Path, text: str) -> None:
        self._module, self._file, self._text = module, file, text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See ``importlib.abc.MetaPathFinder``.

        :raises ImportError: the module would be imported from another file than the one that was changed.
        """
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or Path(spec.origin).resolve() != self._file:
            found = spec.origin if spec else "nowhere"
            raise ImportError(f"{fullname} is imported from {found}, and the change is one of {self._file}")
        spec.loader = _Loader(spec.origin, self._text)
        return spec


class _Loader(importlib.abc.InspectLoader):
    """Makes the module of the changed text; tracebacks show that, too."""

    def __init__(self, origin: str, text: str) -> None:
        self._origin, self._text = origin, text

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """See ``importlib.abc.Loader``: the usual one."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """See ``importlib.abc.Loader``."""
        # Without a time of change it is never thought out of date.
        linecache.cache[self._origin] = (len(self._text), None, self._text.splitlines(keepends=True), self._origin)
        exec(compile(self._text, self._origin, "exec", dont_inherit=True), module.__dict__)

    def get_source(self, fullname: str) -> str:
        """See ``importlib.abc.InspectLoader``."""
        return self._text
