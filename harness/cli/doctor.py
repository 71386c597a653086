"""`assay doctor`: what this machine has of a stack, and the command that fixes what is missing; `--fix` builds it.

`--project` asks instead what is wrong with the project: all of it at once, before anything is started.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from harness.cli.console import progress_display
from harness.config import ProjectConfig, load_config
from harness.errors import EnvironmentMissing, HarnessDefect, UsageError
from harness.inspection import State as Inspected
from harness.inspection import inspect
from harness.stack.images.diagnosis import STACK as CONTAINERS
from harness.stack.images.diagnosis import diagnose_containers
from harness.stack.images.plug_in import provide_plug_in
from harness.stack.programs.build import provide
from harness.stack.programs.diagnosis import Diagnosis, Finding, State, diagnose, missing_recipes
from harness.stack.programs.recipes import STACKS
from harness.verdict import counted

DIAGNOSED = tuple(dict.fromkeys((*STACKS, CONTAINERS)))
COLOURS = {State.OK: "green", State.MISSING: "bold red", State.NOTE: "yellow"}
OF_PARTS = {Inspected.OK: "green", Inspected.NOTE: "yellow"}
CODES = {
    Inspected.DEFECT: HarnessDefect.exit_code,
    Inspected.WRONG: UsageError.exit_code,
    Inspected.LACKING: EnvironmentMissing.exit_code,
}
"""What the command ends with where a part is so; the first of them that any part is."""


@click.command()
@click.option("--stack", type=click.Choice(DIAGNOSED), default="full", show_default=True, help="The stack to look for.")
@click.option("--fix", is_flag=True, help="Build what is missing into the cache; needs Go and takes minutes.")
@click.option("--project", is_flag=True, help="Look at the project instead: application, claims, mutants, load.")
def doctor(stack: str, fix: bool, project: bool) -> int:
    """Show which parts of a stack are here, their versions and places, and how to get what is missing.

    `compose` is the stack in containers: engine, daemon, the plug-in for compose files (which --fix builds), images.
    Exits with 0 when the stack can come up and with 3 when it cannot. A program of your own is taken from
    ASSAY_<NAME>_BIN, such as ASSAY_TEMPORAL_SERVER_BIN.

    With --project it names all that is wrong with your project at once, and exits with 2 where anything is. What your
    modules print meanwhile goes to stderr.
    """
    if project:
        return _show_project(load_config(Path.cwd()))
    if stack == CONTAINERS:
        diagnosis = _of_containers(fix)
    else:
        if fix and (lacking := missing_recipes(stack)):
            with progress_display() as progress:
                asyncio.run(provide(lacking, progress))
        diagnosis = diagnose(stack)
    _show(diagnosis)
    return 0 if diagnosis.complete else 3


def _of_containers(fix: bool) -> Diagnosis:
    """The plug-in is built where it is missing; images are not, because they can be pulled as well."""
    if fix:
        with progress_display() as progress:
            asyncio.run(provide_plug_in(progress))
    return diagnose_containers()


def _show_project(config: ProjectConfig) -> int:
    console, found = Console(file=sys.stdout, highlight=False), Counter[Inspected]()
    console.print(Text(f"The project in {config.root}", style="bold"), soft_wrap=True)
    with contextlib.redirect_stdout(sys.stderr):  # where the project says something of its own
        for each in inspect(config):
            style = OF_PARTS.get(each.state, "bold red")
            told = Text.assemble((f"  {each.state.value:8}", style), f"{each.part}: {each.told}")
            console.print(told, soft_wrap=True)
            found[each.state] += 1
    if not (bad := [state for state in CODES if found[state]]):
        console.print("Nothing is wrong; `assay run --list` names the claims.")
        return 0
    if found[Inspected.WRONG]:
        console.print(f"{counted(found[Inspected.WRONG], 'part is', 'parts are')} wrong.")
    if found[Inspected.LACKING]:
        console.print(f"{counted(found[Inspected.LACKING], 'part needs', 'parts need')} what this machine lacks.")
    if found[Inspected.DEFECT]:
        console.print(
            f"{counted(found[Inspected.DEFECT], 'part was', 'parts were')} not understood: a defect in Assay."
        )
    return CODES[bad[0]]


def _show(diagnosis: Diagnosis) -> None:
    console = Console(highlight=False)
    for title, findings in (
        (f"Programs of the {diagnosis.stack} stack", diagnosis.programs),
        ("This machine", diagnosis.surroundings),
    ):
        console.print(Text(title, style="bold"))
        for finding in findings:
            console.print(_line(finding), soft_wrap=True)
    missing = [finding for finding in diagnosis.programs + diagnosis.surroundings if finding.state is State.MISSING]
    if not missing:
        console.print(f"The {diagnosis.stack} stack is complete.")
        return
    console.print(f"The {diagnosis.stack} stack lacks {len(missing)}. To fix:")
    for command in dict.fromkeys(finding.mend for finding in missing):
        console.print(Text(f"  {command}"), soft_wrap=True)


def _line(finding: Finding) -> Text:
    wanted = f"{finding.version} wanted" if finding.state is State.MISSING and finding.version else finding.version
    mend = f" → {finding.mend}" if finding.mend else ""
    return Text.assemble(
        (f"  {finding.state.value:8}", COLOURS[finding.state]),
        f"{finding.subject:20}",
        f"{wanted:15} ",
        finding.place,
        (mend, "dim" if finding.state is State.NOTE else ""),
    )
