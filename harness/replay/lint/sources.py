"""Which files of an application are workflow code, and which functions in them.

Workflow code is what imports ``temporalio.workflow``, and what that imports of the application, however far; a module
of activities is none, though workflows import it for their names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    files = sorted(code.rglob("*.py")) if code.is_dir() else [code]
    modules = {_module_of(file, root): read for file in files if (read := _read(file, _module_of(file, root)))}
    found: dict[str, Source] = {}
    left = [name for name, source in modules.items() if _is_workflows(source)]
    while left:
        name = left.pop()
        if name in found or name not in modules or _has_activities(modules[name]):
            continue
        found[name] = modules[name]
        left += [other for each in modules[name].names.values() for other in (each, each.rpartition(".")[0])]
    return sorted(found.values(), key=lambda source: source.file)


def functions_in(source: Source) -> Iterator[Function]:
    """The outermost functions and methods, without the activities."""
    for node in source.tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inner if isinstance(each, Function))


def dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    """What an expression such as ``dt.now`` stands for: "datetime.datetime.now"; empty where it is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *parts[::-1]])


def _read(file: Path, module: str) -> Source | None:
    if file.name.startswith(("test_", "testing_", "conftest")):
        return None
    try:
        text = file.read_text(encoding="utf-8")
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


def _has_activities(source: Source) -> bool:
    decorated = (node for node in ast.walk(source.tree) if isinstance(node, Function | ast.ClassDef))
    return any(
        dotted(each.func if isinstance(each, ast.Call) else each, source.names) == "temporalio.activity.defn"
        for node in decorated
        for each in node.decorator_list
    )
