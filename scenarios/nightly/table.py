"""``python -m scenarios.nightly.table``: the table of docs/nightly.md, from what the last nights here came to.

It says of each part what it is, on which seed it was last run, how that ended, how long it took, and on which machine.
What the page says of parts that were not run here is kept: a night has more hours than one machine may have to spare.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from harness.config import load_config
from harness.report.marked import table_in, write_table
from scenarios.nightly.log import LOG, Entry, latest, read
from scenarios.nightly.night import MEANS
from scenarios.nightly.parts import parts

COMMAND = "python -m scenarios.nightly.table --write"
PAGE = Path("docs") / "nightly.md"


HEAD = (
    "| part | what it tries | seed | ended | minutes | cores, Python | commit |",
    "|---|---|---|---|---|---|---|",
)


def lines(entries: Mapping[str, Entry], page: str = "") -> list[str]:
    """The table as Markdown; a part that was never run says so.

    :param page: the table as it is: a part without an entry keeps its line.
    """
    rows = [*HEAD]
    for part in parts(0):
        about = f"| `{part.name}` | {part.tells} |"
        if (found := entries.get(part.name)) is not None:
            rows.append(f"{about} {' | '.join(_cells(found))} |")
        else:
            kept = re.search(rf"^\| `{re.escape(part.name)}` \|[^|]*\|((?:[^|\n]*\|){{5}})$", page, re.MULTILINE)
            rows.append(f"{about}{kept[1] if kept else ' — | never run | — | — | — |'}")
    return rows


def _cells(entry: Entry) -> tuple[str, ...]:
    ended = MEANS.get(entry.code, f"with {entry.code}")
    machine = f"{entry.cores}, {entry.python}"
    return str(entry.seed), ended, f"{entry.seconds / 60:.1f}", machine, entry.commit or "not known"


@click.command()
@click.option("--write", is_flag=True, help=f"Put it into {PAGE}.")
def table(write: bool) -> None:
    """Show the table of the nights: what was run here (runs/nights.jsonl), and what the page says of the rest."""
    root = load_config(Path.cwd()).root
    file = root / LOG
    text = "\n".join(lines(latest(read(file)) if file.is_file() else {}, table_in(root / PAGE, COMMAND)))
    if write:
        write_table(root / PAGE, COMMAND, text)
    else:
        click.echo(text)


if __name__ == "__main__":
    table()
