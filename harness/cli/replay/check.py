"""`assay replay check`: what the code would do with every execution whose history is kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from harness.config import load_config
from harness.errors import UsageError
from harness.names import nearest_first
from harness.replay.drift.allowed import allowed_beside
from harness.replay.gate.code import code_of
from harness.replay.gate.corpus import RECORD, corpus_of, to_record_into, where
from harness.replay.gate.gate import HISTORY_SECONDS, Answers, allowing, ask
from harness.replay.gate.handing import junit_of, markdown_of
from harness.replay.gate.telling import lines_of
from harness.replay.lint.lint import lint
from harness.verdict import Verdict

LINT, REPLAY, DRIFT, PREFIXES = "lint", "replay", "drift", "prefixes"
RUNGS = (LINT, REPLAY, DRIFT, PREFIXES)
DEFAULT = (LINT, REPLAY, DRIFT)
WRITTEN = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--app", metavar="MODULE", help="The application, such as shop.app (default: that of [tool.assay]).")
@click.option(
    "--code", metavar="DIR|REVISION", help="The code that is asked: another folder of the project, or a git revision."
)
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the histories (default: those of [tool.assay] histories).",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=HISTORY_SECONDS,
    show_default=True,
    help="How long one history may take.",
)
@click.option(
    "--rungs",
    metavar="NAMES",
    default=",".join(DEFAULT),
    show_default=True,
    help="What is asked, with commas between, also `prefixes`; `replay` always is.",
)
@click.option("--junit", metavar="FILE", type=WRITTEN, help="Write the answers as JUnit, for a CI system.")
@click.option("--summary", metavar="FILE", type=WRITTEN, help="Write them as Markdown, for a pull request.")
def check(
    app: str | None,
    code: str | None,
    corpus: Path | None,
    seconds: float,
    rungs: str,
    junit: Path | None,
    summary: Path | None,
) -> int:
    """Replay every recorded history on the code, and say at which event and line it would go another way.

    It exits with 1 where the code could not go on with an execution, and with 4 where nothing is proved: no history, no
    history of a type of workflow, or one that cannot be replayed.
    """
    chosen = _chosen(rungs)
    config = load_config(Path.cwd())
    files = corpus_of(config, corpus)
    if not files:
        click.echo(f"UNKNOWN  {where(config, corpus)} holds no history, so nothing is proved")
        click.echo(f"  record some: {RECORD} --corpus {to_record_into(config, corpus)}")
        _hand_on(Answers({}, ()), config.root, config.root, to_record_into(config, corpus), junit, summary)
        return Verdict.UNKNOWN.exit_code
    entries = allowed_beside(files) if DRIFT in chosen else []
    name = app or config.app
    with code_of(config, name, code) as folder:
        answers = ask(
            name,
            folder,
            files,
            history_seconds=seconds,
            drift=DRIFT in chosen,
            prefixes=PREFIXES in chosen,
            without=config.root if code is not None and not Path(code).is_dir() else None,
        )
        answers = dataclasses.replace(allowing(answers, entries), suspects=lint(folder, name) if LINT in chosen else ())
        for line in lines_of(answers, folder, config.root, to_record_into(config, corpus)):
            click.echo(line)
        _hand_on(answers, folder, config.root, to_record_into(config, corpus), junit, summary)
    return answers.verdict.exit_code


def _hand_on(answers: Answers, code: Path, root: Path, corpus: str, junit: Path | None, summary: Path | None) -> None:
    """Write the files that were asked for."""
    if junit is not None:
        _write("--junit", junit, junit_of(answers, code, root))
    if summary is not None:
        _write("--summary", summary, markdown_of(answers, code, root, corpus).encode())


def _write(option: str, file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{option} {file}: cannot be written: {error.strerror}") from error


def _chosen(rungs: str) -> set[str]:
    chosen = {name.strip() for name in rungs.split(",") if name.strip()}
    for name in sorted(chosen - set(RUNGS)):
        raise UsageError(f"--rungs {rungs}: there is no rung {name!r}; there are {nearest_first(name, RUNGS)}")
    return chosen | {REPLAY}
