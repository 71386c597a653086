"""`assay generate`: a consistent sample company from a seed, to try the application with by hand."""

from __future__ import annotations

from pathlib import Path

import click

from harness.application.generator import load_generator, write_files
from harness.config import load_config
from harness.errors import UsageError


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed makes another company."
)
@click.option("--invoices", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many invoices.")
@click.option("--format", "form", default="both", show_default=True, help="csv, ubl or both.")
@click.option("--force", is_flag=True, help="Replace what was generated in FOLDER before; other files in it stay.")
def generate(folder: Path, seed: int, invoices: int, form: str, force: bool) -> int:
    """Write a sample company into FOLDER: its customers, and invoices that the application accepts.

    The same seed and number of invoices give the same files, byte for byte. With the format `both` every invoice is
    there twice, saying the same; uploading it a second time in the other format changes nothing.

    \b
    Try it on the stack that `assay up` brings up (`assay status` shows the API's address):
      assay generate company
      curl --data-binary @company/invoices.csv -H 'Content-Type: text/csv' http://ADDRESS/invoices
      curl --data-binary @company/ubl/SMP-000001.xml -H 'Content-Type: application/xml' http://ADDRESS/invoices
      curl -X POST http://ADDRESS/invoices/SMP-000001/process
    """
    generator = load_generator(load_config(Path.cwd()))
    known = tuple(generator.formats)
    if form not in (*known, "both"):
        raise UsageError(f"--format {form} is unknown; known: {', '.join(known)} and both")
    files = generator.files(seed=seed, invoices=invoices, formats=known if form == "both" else (form,))
    write_files(folder, files, force=force)
    size_kib = sum(map(len, files.values())) / 1024
    click.echo(f"{folder}: {invoices} invoices in {len(files)} files, {size_kib:.0f} KiB, seed {seed}")
    return 0
