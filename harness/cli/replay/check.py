"""`assay replay check`: what the code would do with every execution whose history is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import click

from harness.config import load_config
from harness.errors import UsageError
from harness.names import nearest_first
from harness.replay.gate.asked import DEFAULT, REPLAY, RUNGS, asked
from harness.replay.gate.corpus import to_record_into
from harness.replay.gate.gate import HISTORY_SECONDS, Answers
from harness.replay.gate.handing import junit_of, markdown_of
from harness.replay.gate.hash_seeds import MOST
from harness.upgrade.asked import upgraded
from harness.verdict import CheckResult

UPGRADE = "upgrade"
EVERY = (*RUNGS, UPGRADE)
WRITTEN = click.Path(path_type=Path, dir_okay=False)


def _number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """No range leaves NaN out, and a wait of so many seconds has no end."""
    if math.isnan(value):
        raise click.BadParameter("it is no number", context, parameter)
    return value


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
    type=click.FloatRange(0, 86_400, min_open=True),
    callback=_number,
    default=HISTORY_SECONDS,
    show_default=True,
    help="How long one history may take.",
)
@click.option(
    "--rungs",
    metavar="NAMES",
    default=",".join(DEFAULT),
    show_default=True,
    help="What is asked, with commas between, also `prefixes` and `upgrade`; `replay` always is.",
)
@click.option(
    "--running",
    metavar="DIR|REVISION",
    help="For the rung `upgrade`: the code that runs now, which this one takes over.",
)
@click.option(
    "--hash-seeds",
    metavar="NUMBERS",
    default="",
    help="Ask under each of these seeds of Python's hashes, with commas between: an order of a set shows.",
)
@click.option("--junit", metavar="FILE", type=WRITTEN, help="Write the answers as JUnit, for a CI system.")
@click.option("--summary", metavar="FILE", type=WRITTEN, help="Write them as Markdown, for a pull request.")
def check(
    app: str | None,
    code: str | None,
    corpus: Path | None,
    seconds: float,
    rungs: str,
    hash_seeds: str,
    running: str | None,
    junit: Path | None,
    summary: Path | None,
) -> int:
    """Replay every recorded history on the code, and say at which event and line it would go another way.

    It exits with 1 where the code could not go on with an execution, and with 4 where nothing is proved: no history, no
    history of a type of workflow, or one that cannot be replayed.
    """
    chosen, seeds = _chosen(rungs), _seeds(hash_seeds)
    if (UPGRADE in chosen) != (running is not None):
        raise UsageError(
            "--rungs upgrade and --running REVISION go together: it is from that code that this one takes over"
        )
    config = load_config(Path.cwd())

    def beside(folder: Path, answers: Answers) -> Sequence[CheckResult]:
        return () if running is None else upgraded(config, app or config.app, folder, running, answers.types)

    asking = asked(config, corpus, chosen, app=app, code=code, history_seconds=seconds, hash_seeds=seeds, beside=beside)
    with asking as found:
        for line in found.lines:
            click.echo(line)
        _hand_on(found.answers, found.folder, config.root, to_record_into(config, corpus), junit, summary)
    return found.answers.verdict.exit_code


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


def _seeds(text: str) -> list[int]:
    try:
        seeds = [int(each) for each in text.split(",") if each.strip()]
    except ValueError:
        seeds = [-1]
    if any(not 0 <= seed <= MOST for seed in seeds):
        raise UsageError(f"--hash-seeds {text}: give numbers from 0 to {MOST} with commas between, such as 0,1,2")
    return list(dict.fromkeys(seeds))


def _chosen(rungs: str) -> set[str]:
    chosen = {name.strip() for name in rungs.split(",") if name.strip()}
    for name in sorted(chosen - set(EVERY)):
        raise UsageError(f"--rungs {rungs}: there is no rung {name!r}; there are {nearest_first(name, EVERY)}")
    return chosen | {REPLAY}
