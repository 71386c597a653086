"""`assay replay coverage`: what the corpus of the gate has seen of what the code can do."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from temporalio.client import WorkflowHistory

from harness.application.contract import load_application
from harness.config import load_config
from harness.replay.coverage.declared import declared_by
from harness.replay.coverage.table import lines_of, seen_in, without_history
from harness.replay.gate.corpus import corpus_of, to_record_into
from harness.replay.history_file import NotReplayable
from harness.replay.recording.files import histories_in
from harness.verdict import Verdict


@click.command()
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the histories (default: those of [tool.assay] histories).",
)
def coverage(corpus: Path | None) -> int:
    """Show for each type of workflow which signals, updates, activities and patches its histories have in them.

    It exits with 4 where a type has no history at all, or where a history cannot be read.
    """
    config = load_config(Path.cwd())
    files = corpus_of(config, corpus)
    declared = declared_by(load_application(config.app), config.root)
    with tempfile.TemporaryDirectory(prefix="assay-coverage-") as scratch:
        read = list(histories_in(files, Path(scratch) / "histories"))
    seen = seen_in(history.events for _, history in read if isinstance(history, WorkflowHistory))
    refused = [(file, why) for file, why in read if isinstance(why, NotReplayable)]
    for file, why in refused:
        click.echo(f"{file}: {why}", err=True)
    for line in lines_of(declared, seen, to_record_into(config, corpus)):
        click.echo(line)
    return Verdict.UNKNOWN.exit_code if refused or without_history(declared, seen) else 0
