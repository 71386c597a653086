"""The rules that are about more than a name: the order of sets, calls that nobody awaits, state of the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from harness.replay.lint.rules import Rule
from harness.replay.lint.sources import Function, Source, dotted

SET_ORDER = Rule(
    "set-order",
    "the order of a set is another in every process; use sorted(…), or a dict or a list",
    "for name in {'a', 'b'}: ...",
)
NOT_AWAITED = Rule(
    "not-awaited",
    "without await nothing waits for it, and its failure is never seen",
    "workflow.execute_activity(pack, order)",
)
MODULE_STATE = Rule(
    "module-state",
    "other workflows of the worker share it, and a replay finds it changed; keep it in the workflow",
    "SEEN.append(order)",
)
OF_WORKFLOWS = (
    *("execute_activity", "execute_activity_class", "execute_activity_method", "execute_local_activity"),
    *("execute_local_activity_class", "execute_local_activity_method", "execute_child_workflow"),
    *("start_child_workflow", "sleep", "wait_condition"),
)
AWAITED = {
    *(f"temporalio.workflow.{name}" for name in OF_WORKFLOWS),
    *("asyncio.sleep", "asyncio.gather", "asyncio.wait_for"),
}
CHANGING = {"append", "add", "update", "extend", "insert", "remove", "discard", "pop", "popitem", "clear", "setdefault"}
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKING = {"list", "dict", "set", "defaultdict", "Counter"}
ORDERING = {"list", "tuple", "enumerate", "iter", "next", "dict.fromkeys"}
UNORDERING = {"sorted", "len", "any", "all", "set", "frozenset"}
"""What makes nothing of the order of what it is given."""
OF_SETS = {"union", "intersection", "difference", "symmetric_difference"}
SETS = {"set", "frozenset"}

Found = Iterator[tuple[Rule, int, str]]


def flow_in(function: Function, source: Source) -> Found:
    """What breaks a rule of this module: the rule, the line and what stands there."""
    yield from _set_order(function, source.names)
    yield from _not_awaited(function, source.names)
    yield from _module_state(function, source)


def _set_order(function: Function, names: Mapping[str, str]) -> Found:
    sets = _names_of_sets(function)
    nodes = list(ast.walk(function))
    harmless = {_first(node) for node in nodes if isinstance(node, ast.Call) and dotted(node.func, names) in UNORDERING}
    harmless |= {each for node in nodes if isinstance(node, ast.Set) for each in node.elts}
    for node in nodes:
        if node in harmless:
            continue
        if isinstance(node, ast.For) and _is_set(node.iter, sets):
            yield SET_ORDER, node.iter.lineno, ast.unparse(node.iter)
        elif isinstance(node, ast.ListComp | ast.DictComp):
            for each in node.generators:
                if _is_set(each.iter, sets):
                    yield SET_ORDER, each.iter.lineno, ast.unparse(each.iter)
        elif isinstance(node, ast.expr) and _is_set(_ordered_by(node, names), sets):
            yield SET_ORDER, node.lineno, ast.unparse(node)


def _ordered_by(node: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """What an expression takes in its order; nothing, where it does not."""
    if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
        return node.value
    if isinstance(node, ast.Call) and _orders(node, names):
        first = _first(node)
        return first.generators[0].iter if isinstance(first, ast.GeneratorExp) else first
    return ast.Constant(None)


def _orders(call: ast.Call, names: Mapping[str, str]) -> bool:
    joins = isinstance(call.func, ast.Attribute) and call.func.attr == "join"
    return joins or dotted(call.func, names) in ORDERING


def _first(call: ast.Call) -> ast.expr:
    return call.args[0] if call.args else ast.Constant(None)


def _names_of_sets(function: Function) -> set[str]:
    """The local names that are given sets and nothing else."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    given = {each.arg: [True] for each in arguments if each.annotation and _is_set_type(each.annotation)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in _targets(node):
                given.setdefault(target, []).append(_is_set(node.value, set()))
    return {name for name, each in given.items() if all(each)}


def _is_set_type(annotation: ast.expr) -> bool:
    kind = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(kind, ast.Name) and kind.id in SETS


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_set(node: ast.expr, sets: set[str]) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in OF_SETS and _is_set(node.func.value, sets)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in SETS
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return _is_set(node.left, sets) or _is_set(node.right, sets)
    return isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Name) and node.id in sets)


def _not_awaited(function: Function, names: Mapping[str, str]) -> Found:
    for node in ast.walk(function):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and dotted(call.func, names) in AWAITED:
            yield NOT_AWAITED, node.lineno, ast.unparse(call.func) + "()"  # type: ignore[attr-defined]


def _module_state(function: Function, source: Source) -> Found:
    outside = _mutable_of_module(source.tree) - {arg.arg for arg in function.args.args} - _assigned_in(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield MODULE_STATE, node.lineno, f"global {', '.join(node.names)}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            if _is_one_of(node.func.value, outside):
                yield MODULE_STATE, node.lineno, ast.unparse(node.func) + "()"
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) and _is_one_of(node.value, outside):
            yield MODULE_STATE, node.lineno, ast.unparse(node)


def _is_one_of(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _mutable_of_module(tree: ast.Module) -> set[str]:
    given = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return {name for node in given if _is_mutable(node.value) for name in _targets(node)}


def _is_mutable(value: ast.expr | None) -> bool:
    return isinstance(value, MUTABLE) or (isinstance(value, ast.Call) and ast.unparse(value.func) in MAKING)


def _assigned_in(function: Function) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
