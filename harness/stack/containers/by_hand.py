"""What `assay down`, `status` and `clean` need to know of a stack of containers that was brought up by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.stack.containers.engine import FOLDER_LABEL, RUN_LABEL
from harness.stack.containers.images import STAND_IN
from harness.stack.containers.project import MERGED
from harness.stack.containers.sweep import remove_all_of
from harness.stack.docker import docker, read

STACK = "compose"


def lines_of(stack_id: str) -> Iterator[str]:
    """A line for each container of the stack: its name, how it is, its image and whether that stands in for another.

    :raises EnvironmentMissing: the engine does not answer.
    """
    shown = docker("container", "ls", "--all", "--filter", f"label={RUN_LABEL}={stack_id}", "--format", "{{json .}}")
    found = [read(line, asked="container ls") for line in shown.splitlines()]
    containers = sorted(found, key=lambda each: str(each["Names"]))
    stand_ins = _stand_ins()
    for each in containers:
        stands_in = " (stand-in)" if each["Image"] in stand_ins else ""
        yield f"  container {each['Names']}  {each['Status']}  {each['Image']}{stands_in}"


def remove_data(folder: Path) -> int:
    """Remove the volumes that a stack in ``folder`` has left; returns how many. Asks no engine where there was none.

    :raises EnvironmentMissing: the engine does not answer.
    """
    if not (folder / "state" / MERGED).is_file():
        return 0
    return remove_all_of(str((folder / "state").resolve()), label=FOLDER_LABEL)


def _stand_ins() -> set[str]:
    listed = docker("image", "ls", "--filter", f"label={STAND_IN}", "--format", "{{.Repository}}:{{.Tag}}")
    return set(listed.split())
