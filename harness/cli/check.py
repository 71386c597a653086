"""`assay check` and `assay report`: judge a run directory again, show its report or take a picture of it."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from harness.application.contract import load_application
from harness.cli.console import show
from harness.config import ProjectConfig, load_config
from harness.experiment.again import Judged, Replay, judge_and_report
from harness.experiment.claims import load_claim
from harness.replay.again import ReplayAgain
from harness.stack.programs.browser import screenshot

run_directory = click.argument(
    "run_dir",
    type=click.Path(path_type=Path),
    default=Path("runs/latest"),
    required=False,
)


@click.command()
@run_directory
def check(run_dir: Path) -> int:
    """Judge the record in RUN_DIR again (default: runs/latest) and write its report again.

    Its histories are replayed once more, on the code that made them. A record that is unsealed, changed or has holes is
    UNKNOWN; one that ends too early is judged all the same and never VALID.
    """
    config = load_config(Path.cwd())
    judged = _judged(config, run_dir, ReplayAgain(config))
    show(judged)
    return judged.verdict.exit_code


@click.command()
@run_directory
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--screenshot",
    "picture",
    metavar="FILE.png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a picture of the page, taken with headless Chromium.",
)
@click.option(
    "--width", type=click.IntRange(200, 4000), default=1200, show_default=True, help="Width of the picture, in px."
)
@click.option("--dark", is_flag=True, help="Take the picture in dark mode.")
@click.option("--first-screen", is_flag=True, help="Only the first 900 px, not the whole page.")
def report(run_dir: Path, open_browser: bool, picture: Path | None, width: int, dark: bool, first_screen: bool) -> int:
    """Show the summary of RUN_DIR (default: runs/latest) and where its report is, or take a picture of it.

    The record is judged as it stands, its own replays included; it exits with 4 when the record proves nothing.
    """
    judged = _judged(load_config(Path.cwd()), run_dir)
    code = 0 if judged.sound else judged.verdict.exit_code
    page = run_dir / "report.html"
    if picture is not None:
        screenshot(page, picture, width=width, dark=dark, whole=not first_screen)
        click.echo(picture)
        return code
    show(judged)
    if open_browser:
        webbrowser.open(page.resolve().as_uri())
    return code


def _judged(config: ProjectConfig, run_dir: Path, replay: Replay | None = None) -> Judged:
    return judge_and_report(run_dir, lambda name: load_claim(config, name), load_application(config.app), replay)
