"""`assay resilience`: the table fault kind × recovery, from the records of runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from harness.application.contract import load_application
from harness.config import load_config
from harness.errors import UsageError
from harness.experiment.again import judge_directory
from harness.experiment.claims import load_claim
from harness.report.resilience import TriedRun, resilience_markdown


@click.command()
@click.argument("run_dirs", nargs=-1, metavar="RUN_DIR...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of the terminal.",
)
def resilience(run_dirs: tuple[Path, ...], out: Path | None) -> int:
    """Show how soon work resumed after each kind of fault, as Markdown, over all the runs in RUN_DIR...

    Every record is judged again. Runs that are not VALID, or of a mutant, are shown apart from the others.
    """
    if not run_dirs:
        raise UsageError("name the run directories, such as runs/*; `assay run --all` makes some")
    page = resilience_markdown(_runs(run_dirs))
    if out is None:
        click.echo(page, nl=False)
        return 0
    try:
        _replace(out, page)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from error
    click.echo(out)
    return 0


def _runs(run_dirs: Sequence[Path]) -> list[TriedRun]:
    """Each run once: `runs/latest` is one of the others. A copy of a run would count it twice, and is refused."""
    config = load_config(Path.cwd())
    app = load_application(config.app)
    runs: dict[str, TriedRun] = {}
    for folder in sorted({run_dir.resolve() for run_dir in run_dirs}):
        judged = judge_directory(folder, lambda name: load_claim(config, name), app)
        record = judged.record
        if record.run.run_id in runs:
            raise UsageError(f"{folder} is a copy of another of these runs ({record.run.run_id}); leave one out")
        runs[record.run.run_id] = TriedRun(record, judged.verdict, judged.vocabulary.start)
    return list(runs.values())


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
