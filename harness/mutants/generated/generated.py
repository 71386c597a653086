"""A generated mutant: a value that is small enough to be handed to another process, and a patch if one is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.application.version import Mutant
from harness.errors import UsageError
from harness.mutants.generated.patch import patched

PROMISE = "none in particular: this change was drawn"
CAUGHT_BY = "any check"


@dataclass(frozen=True)
class Generated:
    """One change of one file.

    :param name: the same as long as the changed lines are; what stands around them does not count.
    :param file: its path from the project's root.
    :param module: the name that the file is imported by.
    :param function: the qualified name of the function or class that is changed, or ``module``.
    :param kind: the name of the kind of change.
    :param line: the first line that is changed.
    :param diff: the change as a unified diff.
    """

    name: str
    file: str
    module: str
    function: str
    kind: str
    line: int
    diff: str

    def text(self, root: Path) -> str:
        """The changed file, made of the one in the project's root.

        :raises UsageError: the file is gone, or is another one by now.
        """
        try:
            before = (root / self.file).read_bytes().decode()
        except OSError as error:
            raise UsageError(f"{self.name}: {root / self.file} cannot be read: {error.strerror}") from error
        try:
            return patched(self.diff, before)
        except UsageError as error:
            raise UsageError(f"{self.name} no longer applies to {self.file}: {error}") from error

    def as_mutant(self, folder: Path, claim: str) -> Mutant:
        """The same as a patch in ``folder``, for whoever runs versions of the application: see ``version_folder``."""
        patch = folder / f"{self.name}.patch"
        patch.write_bytes(f"Promise: {PROMISE}\nCaught-by: {CAUGHT_BY}\nClaim: {claim}\n\n{self.diff}".encode())
        return Mutant(self.name, patch, PROMISE, CAUGHT_BY, claim)
