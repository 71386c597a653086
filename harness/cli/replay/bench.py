"""`assay bench replay`: the gate beside the SDK's Replayer, and what a long history costs; 1 when a bound is broken."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from harness.config import load_config
from harness.errors import UsageError
from harness.load.bench.bounds import Bound
from harness.replay.bench.beside import NotMeasured, Pair, lay_out, measured
from harness.replay.bench.long_history import long_history, peak_bytes
from harness.replay.gate.corpus import corpus_of, where
from harness.replay.supervisor import SHARES
from harness.verdict import Verdict

LEAST_RATIO = 1.5
MOST_BYTES = 1024**3


@click.command()
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the histories (default: those of [tool.assay] histories).",
)
@click.option(
    "--histories",
    "count",
    type=click.IntRange(1, 100_000),
    default=1_000,
    show_default=True,
    help="So many are replayed: those of the corpus, again and again.",
)
@click.option("--repeats", type=click.IntRange(1, 100), default=3, show_default=True, help="How often, in turn.")
@click.option(
    "--events",
    type=click.IntRange(11, 50_000),
    default=50_000,
    show_default=True,
    help="How long the long history is; a server takes no longer one.",
)
def replay(corpus: Path | None, count: int, repeats: int, events: int) -> int:
    """Measure the replay gate beside the SDK's own Replayer, and the memory of a long history.

    The same histories are replayed in turn by the SDK's Replayer in one process and by the gate with drift in two, each
    as the worker of their queue: the same sandbox, the same converter. What counts is from the first history to the
    last; that a process starts and imports the code does not. The gate must replay 1.5 times as many a second. Then
    `assay replay check` is asked about a made history of 50,000 events: no process of it may take more than 1 GiB.

    Figures are of this machine, now; it should have nothing else to do. Exits with 1 when a bound is broken, with 4
    when there is no figure.
    """
    config = load_config(Path.cwd())
    files = corpus_of(config, corpus)
    if not files:
        raise UsageError(f"{where(config, corpus)} holds no history to measure with; name others with --corpus DIR")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        run = Path(scratch) / "run"
        lay_out(files, run / "histories", count)
        try:
            pairs = [_one(config.app, config.root, run, count) for _ in range(repeats)]
            made = long_history(events)
            memory = peak_bytes(made, Path(scratch) / "long")
        except NotMeasured as failed:
            click.echo(f"not measured: {failed}", err=True)
            return Verdict.UNKNOWN.exit_code
    return _printed(bounds(pairs, len(made.events), memory))


def _one(app: str, code: Path, run: Path, count: int) -> Pair:
    pair = measured(app, code, run, count)
    click.echo(
        f"    {count:,} histories: the SDK's Replayer {pair.plain:,.1f} a second, "
        f"the gate with drift in {SHARES} processes {pair.gate:,.1f}"
    )
    return pair


def bounds(pairs: Sequence[Pair], events: int, memory: int) -> tuple[Bound, ...]:
    """What the gate is held to; the ratio is the median of the pairs.

    :param pairs: at least one.
    :param events: how long the long history is.
    :param memory: bytes.
    """
    ratios = [pair.ratio for pair in pairs]
    spread = f"({min(ratios):.2f} to {max(ratios):.2f} of {len(ratios)})"
    return (
        Bound("gate : the SDK's Replayer", statistics.median(ratios), LEAST_RATIO, True, _times, spread),
        Bound("most memory", memory, MOST_BYTES, False, _mebibytes, f"({events:,} events)"),
    )


def _printed(judged: Sequence[Bound]) -> int:
    for bound in judged:
        click.echo(bound.line())
    broken = [bound.name for bound in judged if not bound.met]
    click.echo(f"broken: {', '.join(broken)}" if broken else f"all {len(judged)} bounds are kept")
    return 1 if broken else 0


def _times(value: float) -> str:
    return f"{value:.2f} ×"


def _mebibytes(value: float) -> str:
    return f"{value / 1024**2:,.0f} MiB"
