"""What the code can do, as far as it says so: what workflows take, what queues serve, which patches are asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.application.contract import Application
from harness.application.version import code_in
from harness.replay.lint.sources import dotted, workflow_code
from harness.sim.surface import workflow_definition

SIGNAL, UPDATE, ACTIVITY, PATCH = "signal", "update", "activity", "patch"
ASKING = ("temporalio.workflow.patched", "temporalio.workflow.deprecate_patch")


@dataclass(frozen=True)
class Item:
    """One thing that a history may have in it."""

    kind: str
    name: str


def declared_by(app: Application, folder: Path) -> Mapping[str, list[Item]]:
    """Type of workflow → what a history of it may have in it. Patches are those of all workflow code.

    :param folder: of the code, for the patches, which stand nowhere but in it.
    """
    patches = sorted(set(_patches(app, folder)))
    found: dict[str, list[Item]] = {}
    for queue in app.queues.values():
        activities = [Item(ACTIVITY, name) for name in queue.activities]
        for workflow in queue.workflows:
            definition = workflow_definition(workflow)
            signals = [Item(SIGNAL, name) for name in definition.signals if name is not None]
            updates = [Item(UPDATE, name) for name in definition.updates if name is not None]
            asked = [Item(PATCH, name) for name in patches]
            found[str(definition.name)] = [*signals, *updates, *activities, *asked]
    return found


def _patches(app: Application, folder: Path) -> Iterator[str]:
    code = code_in(folder, app.name)
    for source in workflow_code(code, code.parent) if code is not None else ():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and dotted(node.func, source.names) in ASKING:
                yield from (str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant))
