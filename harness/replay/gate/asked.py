"""The whole gate on the code of a project as it is, in one call."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from harness.config import ProjectConfig
from harness.replay.drift.allowed import allowed_beside
from harness.replay.gate.corpus import corpus_of, to_record_into
from harness.replay.gate.gate import Answers, allowing, ask
from harness.replay.gate.telling import lines_of
from harness.replay.lint.lint import lint


def asked(config: ProjectConfig, corpus: Path | None, *, prefixes: bool = False) -> tuple[Answers, list[str]]:
    """The answers, and the lines that say them. Without any history nothing is asked, and the verdict is UNKNOWN.

    :param corpus: one folder; by default those that ``[tool.assay] histories`` names.
    :raises UsageError: there is no such folder, or the application cannot be imported.
    """
    files = corpus_of(config, corpus)
    answers = Answers({}, ())
    if files:
        answers = allowing(ask(config.app, config.root, files, prefixes=prefixes), allowed_beside(files))
        answers = dataclasses.replace(answers, suspects=lint(config.root, config.app))
    return answers, list(lines_of(answers, config.root, config.root, to_record_into(config, corpus)))
