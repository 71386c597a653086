"""Looks at all workflow code of an application, and lets pass what somebody has reviewed.

The way out stands at the line, or alone on the one above it, with its reason: ``# assay: reviewed because REASON``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.application.version import code_in
from harness.replay.lint.flow import MODULE_STATE, NOT_AWAITED, SET_ORDER, flow_in
from harness.replay.lint.rules import CALLS, Rule, calls_in
from harness.replay.lint.sources import Source, functions_in, visible_in, workflow_code

RULES: tuple[Rule, ...] = (*CALLS, SET_ORDER, NOT_AWAITED, MODULE_STATE)
REVIEWED = re.compile(r"#\s*assay: reviewed because \S")
REVIEW = "# assay: reviewed because …"


@dataclass(frozen=True)
class Suspect:
    """A line of workflow code that may not do the same at every replay; ``what`` is what stands there."""

    rule: str
    file: Path
    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.what}: {self.instead}"


def lint(folder: Path, app: str) -> list[Suspect]:
    """All suspects in the workflow code of an application, by file and line.

    :param folder: of the code; the application lies in it or in its ``src``.
    """
    code = code_in(folder, app)
    if code is None:
        return []
    suspects = {each for source in workflow_code(code, code.parent) for each in _suspects(source)}
    return sorted(suspects, key=lambda each: (each.file, each.line, each.rule))


def _suspects(source: Source) -> Iterator[Suspect]:
    lines = source.text.splitlines()
    for function in functions_in(source):
        seen = dataclasses.replace(source, names=visible_in(function, source.names))
        for rule, line, what in (*calls_in(function, seen.names), *flow_in(function, seen)):
            if not _reviewed(lines, line):
                yield Suspect(rule.name, source.file, line, what, rule.instead)


def _reviewed(lines: list[str], line: int) -> bool:
    above = lines[line - 2].strip() if line > 1 else ""
    return bool(REVIEWED.search(lines[line - 1]) or (above.startswith("#") and REVIEWED.search(above)))
