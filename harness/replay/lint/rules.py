"""The rules that are about one call or one name: what it is in full, and what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.replay.lint.sources import Function, dotted


@dataclass(frozen=True)
class Rule:
    """``names`` in full, or all below one (``random.*``); ``example`` is what breaks it."""

    name: str
    instead: str
    example: str
    names: tuple[str, ...] = ()


CLOCK = Rule(
    "clock",
    "the time is another at every replay; use workflow.now() or workflow.time()",
    "datetime.now()",
    (
        *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter"),
        *("time.localtime", "time.gmtime", "datetime.datetime.now", "datetime.datetime.utcnow"),
        *("datetime.datetime.today", "datetime.date.today"),
    ),
)
RANDOM = Rule(
    "random",
    "it draws anew at every replay; use workflow.random()",
    "random.random()",
    ("random.*", "secrets.*", "os.urandom", "numpy.random.*"),
)
UUID = Rule("uuid", "it is another at every replay; use workflow.uuid4()", "uuid.uuid4()", ("uuid.uuid1", "uuid.uuid4"))
ENVIRONMENT = Rule(
    "environment",
    "it differs between workers; read it in an activity, or hand it in as an argument",
    "os.environ['RATE']",
    (
        *("os.environ.*", "os.environ", "os.getenv", "os.getpid", "os.getcwd", "os.cpu_count", "sys.argv"),
        *("socket.gethostname", "platform.*"),
    ),
)
OUTSIDE = Rule(
    "outside",
    "a workflow may not reach outside; do it in an activity",
    "open('rates.csv')",
    (
        *("open", "requests.*", "httpx.*", "urllib.request.*", "socket.*", "subprocess.*", "shutil.*", "sqlite3.*"),
        *("aiohttp.*", "smtplib.*", "os.listdir", "os.remove", "os.rename", "input"),
    ),
)
THREADS = Rule(
    "threads",
    "a workflow is one thread, which may not block; use tasks of asyncio, or an activity",
    "threading.Thread(target=pack)",
    ("threading.*", "concurrent.futures.*", "multiprocessing.*", "asyncio.to_thread", "asyncio.run", "time.sleep"),
)
UNORDERED = Rule(
    "unordered",
    "it hands tasks over in the order of a set; use workflow.wait() or workflow.as_completed()",
    "asyncio.wait(tasks)",
    ("asyncio.wait", "asyncio.as_completed"),
)
IDENTITY = Rule(
    "identity", "it is another in every process; use a value of the data itself", "hash(order)", ("hash", "id")
)
CALLS = (CLOCK, RANDOM, UUID, ENVIRONMENT, OUTSIDE, THREADS, UNORDERED, IDENTITY)
METHODS = {
    **dict.fromkeys(("read_text", "write_text", "read_bytes", "write_bytes"), OUTSIDE),
    "run_in_executor": THREADS,
}
"""Methods that are known by their names alone."""
VALUES = ("os.environ", "sys.argv")
"""What breaks a rule without being called."""
SEEDED = "random.Random"


def calls_in(function: Function, names: Mapping[str, str]) -> Iterator[tuple[Rule, int, str]]:
    """What breaks a rule of this module: the rule, the line and what stands there."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = dotted(node.func, names)
            rule = rule_of(called)
            if rule is None and isinstance(node.func, ast.Attribute):
                rule = METHODS.get(node.func.attr)
            seeded = called == SEEDED and node.args  # by something that the workflow knows
            if rule is not None and not seeded:
                yield rule, node.lineno, ast.unparse(node.func) + "()"
        elif isinstance(node, ast.Subscript) and dotted(node.value, names) in VALUES:
            yield ENVIRONMENT, node.lineno, ast.unparse(node.value)


def rule_of(name: str) -> Rule | None:
    """The rule that a name in full breaks."""
    for rule in CALLS:
        for each in rule.names:
            if name == each or (each.endswith(".*") and name.startswith(each[:-1])):
                return rule
    return None
