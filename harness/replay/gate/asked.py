"""The whole gate in one call: for the command, and for a suite's own tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.config import ProjectConfig
from harness.replay.drift.allowed import allowed_beside
from harness.replay.gate.code import code_of
from harness.replay.gate.corpus import RECORD, corpus_of, to_record_into, where
from harness.replay.gate.gate import HISTORY_SECONDS, Answers, allowing, ask
from harness.replay.gate.hash_seeds import VARIABLE, together
from harness.replay.gate.telling import lines_of
from harness.replay.lint.lint import lint
from harness.verdict import CheckResult

LINT, REPLAY, DRIFT, PREFIXES = "lint", "replay", "drift", "prefixes"
RUNGS = (LINT, REPLAY, DRIFT, PREFIXES)
DEFAULT = (LINT, REPLAY, DRIFT)


@dataclasses.dataclass(frozen=True)
class Asked:
    """The answers, the lines that say them, and the folder of the code that was asked."""

    answers: Answers
    lines: list[str]
    folder: Path


@contextmanager
def asked(
    config: ProjectConfig,
    corpus: Path | None,
    rungs: Collection[str] = DEFAULT,
    *,
    app: str | None = None,
    code: str | None = None,
    history_seconds: float = HISTORY_SECONDS,
    hash_seeds: Sequence[int] = (),
    beside: Callable[[Path, Answers], Sequence[CheckResult]] = lambda folder, answers: (),
) -> Iterator[Asked]:
    """Ask the code; the folder is there as long as the context. Without any history nothing is asked: it is UNKNOWN.

    :param corpus: one folder; by default those that ``[tool.assay] histories`` names.
    :param app: the module of the application; by default that of ``[tool.assay]``.
    :param code: a folder or a revision; by default the project as it is.
    :param hash_seeds: ask under each of them; by default once, under one that Python draws.
    :param beside: the code's folder and the answers → what else was asked of the code, without a history.
    :raises UsageError: there is no such folder, or the application cannot be imported.
    """
    files = corpus_of(config, corpus)
    into = to_record_into(config, corpus)
    if not files:
        told = f"UNKNOWN  {where(config, corpus)} holds no history, so nothing is proved"
        yield Asked(Answers({}, ()), [told, f"  record some: {RECORD} --corpus {into}"], config.root)
        return
    entries = allowed_beside(files) if DRIFT in rungs else []
    name = app or config.app
    with code_of(config, name, code) as folder:

        def under(variables: Mapping[str, str]) -> Answers:
            found = ask(
                name,
                folder,
                files,
                history_seconds=history_seconds,
                drift=DRIFT in rungs,
                prefixes=PREFIXES in rungs,
                without=config.root if code is not None and not Path(code).is_dir() else None,
                variables=variables,
            )
            return allowing(found, entries)

        found = together({seed: under({VARIABLE: str(seed)}) for seed in hash_seeds}) if hash_seeds else under({})
        answers = dataclasses.replace(found, suspects=lint(folder, name) if LINT in rungs else ())
        answers = dataclasses.replace(answers, beside=beside(folder, answers))
        yield Asked(answers, list(lines_of(answers, folder, config.root, into)), folder)
