"""`assay check` and `assay report`: judge a run directory again, show its report or take its picture."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from harness.claim import Claim
from harness.claims import load_claim
from harness.config import load_config
from harness.errors import UsageError
from harness.judge import judge
from harness.record_reader import read_record
from harness.report.browser import screenshot
from harness.report.terminal import terminal_lines
from harness.run import check_and_report

run_directory = click.argument(
    "run_dir",
    type=click.Path(path_type=Path),
    default=Path("runs/latest"),
    required=False,
)


@click.command()
@run_directory
def check(run_dir: Path) -> int:
    """Judge the record in RUN_DIR again (default: runs/latest) and write its report anew.

    A record that ends too early is read all the same; it is never VALID.
    """
    verdict = check_and_report(run_dir, _claim_of(run_dir))
    _print(run_dir)
    return verdict.exit_code


@click.command()
@run_directory
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--screenshot",
    "picture",
    metavar="FILE.png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a picture of the page, by a headless Chromium.",
)
@click.option("--width", type=click.IntRange(200, 4000), default=1200, show_default=True, help="Of the picture, in px.")
@click.option("--dark", is_flag=True, help="The picture in dark colours.")
@click.option("--first-screen", is_flag=True, help="Only what the first 900 px show, not the whole page.")
def report(run_dir: Path, open_browser: bool, picture: Path | None, width: int, dark: bool, first_screen: bool) -> int:
    """Show the summary of RUN_DIR (default: runs/latest) and where its report is, or take its picture."""
    page = run_dir / "report.html"
    if not page.is_file():
        raise UsageError(f"{run_dir} has no report; `assay check {run_dir}` writes it")
    if picture is not None:
        screenshot(page, picture, width=width, dark=dark, whole=not first_screen)
        click.echo(picture)
        return 0
    _print(run_dir)
    if open_browser:
        webbrowser.open(page.resolve().as_uri())
    return 0


def _claim_of(run_dir: Path) -> Claim:
    return load_claim(load_config(Path.cwd()), read_record(run_dir).run.claim)


def _print(run_dir: Path) -> None:
    record, claim = read_record(run_dir), _claim_of(run_dir)
    for line in terminal_lines(record, judge(record, claim.checks), claim.vocabulary, run_dir / "report.html"):
        click.echo(line)
