"""``python -m scenarios.nightly.table``: the table of docs/nightly.md, from what the last nights here came to.

It says of each part what it is, on which seed it was last run, how that ended and how long it took.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from harness.config import load_config
from harness.report.marked import write_table
from scenarios.nightly.log import LOG, Entry, latest, read
from scenarios.nightly.night import MEANS
from scenarios.nightly.parts import parts

COMMAND = "python -m scenarios.nightly.table --write"
PAGE = Path("docs") / "nightly.md"


def lines(entries: Mapping[str, Entry]) -> list[str]:
    """The table as Markdown; a part that was never run here says so."""
    rows = ["| part | what it tries | seed | ended | minutes | commit |", "|---|---|---|---|---|---|"]
    for part in parts(0):
        found = entries.get(part.name)
        if found is None:
            rows.append(f"| `{part.name}` | {part.tells} | — | never run here | — | — |")
            continue
        ended = MEANS.get(found.code, f"with {found.code}")
        cells = (f"`{part.name}`", part.tells, str(found.seed), ended, f"{found.seconds / 60:.1f}")
        rows.append(f"| {' | '.join(cells)} | {found.commit or 'not known'} |")
    machines = sorted({f"{each.cores} cores, Python {each.python}" for each in entries.values()})
    return [*rows, "", f"Minutes on {' and '.join(machines)}." if machines else "No part was ever run here."]


@click.command()
@click.option("--write", is_flag=True, help=f"Put it into {PAGE}.")
def table(write: bool) -> None:
    """Show the table of the nights that were run here, from runs/nights.jsonl."""
    root = load_config(Path.cwd()).root
    file = root / LOG
    text = "\n".join(lines(latest(read(file)) if file.is_file() else {}))
    if write:
        write_table(root / PAGE, COMMAND, text)
    else:
        click.echo(text)


if __name__ == "__main__":
    table()
