"""Which files of an application are workflow code, and which functions in them.

Workflow code is what imports ``temporalio.workflow``, and what that imports of the application, however far, also from
other packages beside it. A module of activities is none, though workflows import it for their names; where activities
and workflows share one, the workflows alone are.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.application.project import OURS

ACTIVITY, WORKFLOW = "temporalio.activity.defn", "temporalio.workflow.defn"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module: its file, its text and its tree; ``names`` is what each imported name stands for, in full."""

    file: Path
    text: str
    tree: ast.Module
    names: Mapping[str, str]


def workflow_code(code: Path, root: Path) -> list[Source]:
    """The modules that workflows run, by file.

    :param code: the package or the module of the application.
    :param root: the folder from which it is imported.
    """
    modules = _modules(code, root)
    found: dict[str, Source] = {}
    left = [name for name, source in modules.items() if _is_workflows(source)]
    while left:
        name = left.pop()
        if name in found or name not in modules:
            continue
        if _decorated(modules[name], ACTIVITY):
            if _decorated(modules[name], WORKFLOW):
                found[name] = modules[name]
            continue
        found[name] = modules[name]
        left += [other for each in modules[name].names.values() for other in (each, each.rpartition(".")[0])]
    return sorted(found.values(), key=lambda source: source.file)


def functions_in(source: Source) -> Iterator[Function]:
    """The outermost functions and methods that workflows may run: no activities, and nothing that starts a script."""
    workflows = _decorated(source, WORKFLOW) if _decorated(source, ACTIVITY) else None
    scripts = {name for node in source.tree.body if isinstance(node, ast.If) for name in _called_by_script(node)}
    for node in source.tree.body:
        if workflows is not None and node not in workflows:
            continue
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inner if isinstance(each, Function) and each.name not in scripts)


def dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    """What an expression such as ``dt.now`` stands for: "datetime.datetime.now"; empty where it is no name.

    What nobody imports stands for itself where Python has it built in; a variable may be called like a module.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or (node.id not in names and not hasattr(builtins, node.id)):
        return ""
    return ".".join([names.get(node.id, node.id), *parts[::-1]])


def visible_in(function: Function, names: Mapping[str, str]) -> Mapping[str, str]:
    """The imported names without those that a function gives to something else: its arguments and variables."""
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in nodes if isinstance(node, Function) and node is not function}
    return {name: "" if name in own else full for name, full in {**dict.fromkeys(own, ""), **names}.items()}


def _modules(code: Path, root: Path) -> dict[str, Source]:
    """The modules of the application's package, and of those beside it that it imports, by name."""
    found: dict[str, Source] = {}
    left, seen = [code], {code.stem, *OURS}
    while left:
        package = left.pop()
        files = sorted(package.rglob("*.py")) if package.is_dir() else [package]
        read = {name: made for file in files if (made := _read(file, name := _module_of(file, root)))}
        found |= read
        tops = {name.split(".")[0] for source in read.values() for name in source.names.values()} - seen
        seen |= tops
        left += [place for top in tops for place in (root / top, root / f"{top}.py") if place.exists()]
    return found


def _read(file: Path, module: str) -> Source | None:
    if file.name.startswith(("test_", "testing_")) or file.name == "conftest.py":
        return None
    try:
        text = file.read_text(encoding="utf-8-sig")
        tree = ast.parse(text)
    except (OSError, ValueError, SyntaxError):
        return None  # importing it tells better what is wrong
    return Source(file, text, tree, dict(_imported(tree, module, package=file.name == "__init__.py")))


def _imported(tree: ast.Module, module: str, *, package: bool) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
                if alias.asname is None:
                    yield (first := alias.name.split(".")[0]), first
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            begin = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, f"{begin}.{alias.name}"


def _module_of(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _is_workflows(source: Source) -> bool:
    return any(
        each == "temporalio.workflow" or each.startswith("temporalio.workflow.") for each in source.names.values()
    )


def _decorated(source: Source, by: str) -> list[ast.stmt]:
    """The functions and classes of a module that have this decorator, or a method that has it."""
    return [
        outer
        for outer in source.tree.body
        if any(
            dotted(each.func if isinstance(each, ast.Call) else each, source.names) == by
            for node in ast.walk(outer)
            if isinstance(node, Function | ast.ClassDef)
            for each in node.decorator_list
        )
    ]


def _called_by_script(node: ast.If) -> set[str]:
    """What is called below ``if __name__ == "__main__":``."""
    if "__name__" not in ast.unparse(node.test):
        return set()
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
