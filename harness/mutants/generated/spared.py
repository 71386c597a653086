"""What is not mutated, because nobody promises anything of it: words for people, types, and what only tests read.

These are docstrings, what is written to a log, texts of errors, ``__repr__``, annotations, decorators, base classes,
``assert``, ``__all__``, the lines for when a module is a program or is type-checked, and names that are read in such
places alone. What an error is besides its text (its type, whether it is retried) is mutated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
LOGS = ("logger", "log", "logging")
OF_TYPES = frozenset({"TypeVar", "ParamSpec", "NewType", "cast", "getLogger"})
ERRORS = ("Error", "Exception")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def spared_in(tree: ast.Module, imported: frozenset[str]) -> frozenset[ast.AST]:
    """The nodes that are left alone with all that is in them.

    :param imported: the names that other files import; who reads them is not known here.
    """
    spared = {each for node in ast.walk(tree) for each in _of(node)}
    while more := set(_for_the_spared(tree, spared, imported)) - spared:
        spared |= more
    return frozenset(spared)


def imported_names(trees: Iterable[ast.Module]) -> frozenset[str]:
    """What the files import by name from wherever."""
    imports = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return frozenset(alias.name for node in imports for alias in node.names)


def is_log(node: ast.AST) -> bool:
    """Whether it is a call that writes to a log."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
        return False
    return _last_name(node.func.value).lower().endswith(LOGS)


def _of(node: ast.AST) -> Iterator[ast.AST]:
    """What of one node is spared: itself or some of what is in it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (node,) if node.name == "__repr__" else node.decorator_list
            yield from (node.returns,) if node.returns else ()
        case ast.ClassDef():
            yield from (*node.decorator_list, *node.bases, *node.keywords)
        case ast.arg(annotation=ast.AST() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.Assert() | ast.Expr(value=ast.Constant()):
            yield node
        case ast.Expr(value=value) if is_log(value):
            yield node
        case ast.If(test=test) if {"__name__", "TYPE_CHECKING"} & {_last_name(each) for each in ast.walk(test)}:
            yield node
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            yield node
        case ast.Raise(exc=ast.AST() as error):
            yield from (text for call in ast.walk(error) for text in _texts(call))
        case ast.Call() if _last_name(node.func).endswith(ERRORS):
            yield from _texts(node)
        case ast.Call() if _last_name(node.func) in OF_TYPES:
            yield node


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    """The texts among a call's positional arguments."""
    for argument in node.args if isinstance(node, ast.Call) else ():
        if isinstance(argument, ast.JoinedStr) or (
            isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ):
            yield argument


def _for_the_spared(tree: ast.Module, spared: set[ast.AST], imported: frozenset[str]) -> Iterator[ast.AST]:
    """Assignments to a name that is read, and only in what is spared or as the text of an error."""
    quiet = {id(inner) for node in spared for inner in ast.walk(node)}
    raised = (error for node in ast.walk(tree) if isinstance(node, ast.Raise) and (error := node.exc))
    calls = (call for error in raised for call in ast.walk(error) if isinstance(call, ast.Call))
    quiet |= {id(argument) for call in calls for argument in call.args[:1]}
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, Function))]:
        for node in ast.walk(scope) if scope is not tree else tree.body:
            if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
                continue
            name = node.targets[0].id
            reads = [each for each in ast.walk(scope) if isinstance(each, ast.Name) and each.id == name]
            reads = [each for each in reads if isinstance(each.ctx, ast.Load)]
            if reads and all(id(each) in quiet for each in reads) and (scope is not tree or name not in imported):
                yield node


def _last_name(node: ast.AST) -> str:
    """The last name of a dotted one, or nothing."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
