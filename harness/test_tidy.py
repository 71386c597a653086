"""The style that no linter checks, as tests over everything that is tracked or about to be."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE_LINES, FUNCTION_LINES, MODULES_IN_A_FOLDER = 250, 60, 20

# Put together from pieces, so that this file is not a hit. A quoted word is data (one of them is a currency code).
UNFINISHED = re.compile(r"(?<![\"'])\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "proxy.go" + "lang.org", "crates" + ".io")
REGISTRY = re.compile("|".join(re.escape(host) for host in HOSTS))
MACHINE = re.compile(r"(?<![\w.])/(work|root|home/\w+)" + "/")
SCRATCH = re.compile(r"(?<![\w.])/tmp" + "/")


def texts(ending: str = "") -> Iterator[tuple[str, str]]:
    """Name and text of each file of the repository that is text."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in sorted({name for name in names if name.endswith(ending) and (ROOT / name).is_file()}):
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            yield name, content.decode()


def is_test(name: str) -> bool:
    return Path(name).name.startswith(("test_", "conftest"))


def helps_tests(name: str) -> bool:
    return is_test(name) or Path(name).name.startswith(("testing_", "fake_"))


def hits(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (f"{n}: {line.strip()[:80]}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line))


def test_modules_and_functions_fit_a_screen() -> None:
    long = []
    for name, text in texts(".py"):
        if text.count("\n") > FILE_LINES:
            long.append(f"{name}: {text.count(chr(10))} lines; more than one idea?")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{name}:{node.lineno} {node.name}: {lines} lines")
    assert not long


def test_a_folder_is_a_room() -> None:
    modules = (Path(name) for name, _ in texts(".py") if not (helps_tests(name) or name.endswith("__init__.py")))
    full = Counter(module.parent for module in modules)
    assert not {str(folder): count for folder, count in full.items() if count > MODULES_IN_A_FOLDER}


def test_every_name_says_what_it_is() -> None:
    assert not [name for name, _ in texts(".py") if Path(name).name in ("utils.py", "util.py", "helpers.py", "misc.py")]


def test_nothing_is_left_unfinished() -> None:
    assert not [f"{name}:{hit}" for name, text in texts() for hit in hits(UNFINISHED, text)]


PRINTING = ("harness/cli/", "harness/load/drive/", "harness/load/inside/watcher.py")
"""`assay`, what locust says below its own tables, and the process that hands its readings over on standard output."""


def test_only_commands_print() -> None:
    engine = [(name, text) for name, text in texts(".py") if name.startswith("harness/")]
    assert engine
    calls = [(name, node) for name, text in engine for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    prints = [f"{name}:{call.lineno}" for name, call in calls if ast.unparse(call.func) == "print"]
    assert not [place for place in prints if not place.startswith(PRINTING)]


def test_nothing_names_a_package_registry() -> None:
    assert not [f"{name}:{hit}" for name, text in texts() for hit in hits(REGISTRY, text)]


def test_nothing_names_a_folder_of_one_machine() -> None:
    found = [f"{name}:{hit}" for name, text in texts() for hit in hits(MACHINE, text)]
    found += [f"{name}:{hit}" for name, text in texts() if not is_test(name) for hit in hits(SCRATCH, text)]
    assert not found
