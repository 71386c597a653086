"""Mistakes in an application, in pyproject.toml and in what is typed: each is told with what mends it.

Nothing is started for any of them. The commands are called in this process, so that the table takes seconds; one is
called as a user does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.foreign.testing_mistakes import (
    RUN,
    Mistake,
    in_app,
    in_command,
    in_project,
    in_world,
    require_found,
    require_told,
)
from harness.foreign.testing_mistakes_in_claims import TABLE as CLAIMS
from harness.foreign.testing_shop import APP, Shop

ROOT = Path(__file__).parents[2]
QUEUES = '    queues = {"orders": Queue((Order,), ("pack",))}'
ACTIVITIES = "activities = staticmethod(lambda ports: [pack])"
HEADER = "Never packed.\n\nPromise: every order is packed\nCaught-by: liveness\nClaim: orders\n\n"
DIFF = "--- a/shop_app.py\n+++ b/shop_app.py\n@@ -1,2 +1,2 @@\n-import nothing\n+import all\n import time\n"
MUTANT = "run orders --mutant m"


def offering(words: str, told: str) -> Mistake:
    """The application offers this, too."""
    return in_app("class app:\n", f"class app:  # here\n    {words}\n", told)


IMPORTS = {
    "import of a module that is not there": in_app(
        "import time\n", "import reqests  # here\n", r"HERE: No module named 'reqests'"
    ),
    "syntax": in_app("class app:", "class app  # here", r"HERE: SyntaxError: expected ':'"),
    "no module of the application": in_app("", None, r"app = 'shop_app': .*; name one that lies in the project"),
    "application misspelt": in_project("shop_app", "shop_ap", r"app = 'shop_ap': .*; name one that lies in the pr"),
    "claims misspelt": in_project('"claims"', '"clams"', r"scenarios = 'clams': .*; name one that lies in the project"),
    "half a character": in_app("import time\n", "raise OSError('\\udc80')  # here\n", r"HERE: OSError: \\udc80"),
    "an error without words": in_app(
        "import time\n",
        "class E(OSError):\n    def __str__(self): raise KeyError\nraise E  # here\n",
        r"HERE: E: \(what it says cannot be read: its __str__ raises KeyError\)",
    ),
    "an exit": in_app("import time\n", "raise SystemExit(0)  # here\n", r"HERE: SystemExit: 0"),
    "a circle of imports": in_app("import time\n", "from shop_app import pack  # here\n", r"HERE: .*circular import"),
    "no app": in_app("class app:", "class application:", r"shop_app.py: `app` must offer queues and activities; see d"),
    "no queues": in_app(f"{QUEUES}\n", "", r"shop_app.py: `app` must offer queues; see docs/your-workflow.md"),
}
QUEUE = {
    "queues in a list": in_app(QUEUES, QUEUES.replace("{", "[").replace("}", "]").replace('"orders": ', ""), "mapping"),
    "queues that cannot be read": in_app(
        QUEUES,
        "    class Odd(dict):\n        def keys(self): raise LookupError(3)  # here\n        __iter__ = keys\n"
        "    queues = Odd()",
        r"HERE: LookupError: 3",
    ),
    "a queue without a name": in_app(
        '"orders":', '"":', r"shop_app.py:\d+: .*a text of at least one character, not ''"
    ),
    "a queue of half a character": in_app('"orders":', r'"\udc80":', r"name of a queue must be a text .*not '\\udc80'"),
    "no queue": in_app(QUEUES, "    queues = {}", r"app.queues names no queue.*; give it one"),
    "a queue of a wrong kind": in_app(QUEUES, '    queues = {"orders": (Order, "pack")}', r"make it an assay.Queue"),
    "names of activities as a text": in_app(
        '("pack",)', '("pack")', r"shop_app.py:\d+: .*`activities` of the queue 'orders' must be a tuple .*mind the co"
    ),
    "an activity as a function": in_app('("pack",)', "(pack,)", r"shop_app.py:\d+: .*by name: write 'pack', not <fun"),
    "a workflow without a comma": in_app("(Order,)", "(Order)", r"the `workflows` .*a tuple such as .* mind the comma"),
    "an undecorated workflow": in_app(
        "@workflow.defn\nclass Order:", "class Order:  # here", r"HERE: .*Order, which is not decorated with @workf"
    ),
    "two workflows of one name": in_app(
        APP,
        '@workflow.defn(name="Order")  # here\nclass Again:\n    @workflow.run\n    async def run(self): ...\n\n'
        + APP.replace("(Order,)", "(Order, Again)"),
        r"HERE: .*two workflows that are called 'Order'; give each a name of its own",
    ),
    "a workflow without a run": in_app("    @workflow.run\n", "", r"shop_app.py:\d+: .*Missing @workflow.run method"),
}
ACTIVITY = {
    "one that nobody offers": in_app('("pack",)', '("pack", "pak")', r"'pak', which app.activities .*it offers pack"),
    "two of one name": in_app("[pack])", "[pack, pack])", r"shop_app.py:\d+: 2 activities .*give each activity a name"),
    "undecorated": in_app("@activity.defn\nasync def pack", "async def pack", r"shop_app.py:\d+: .*@activity.defn"),
    "an unbound method": in_app(
        APP,
        "class Shop:\n    @activity.defn  # here\n    async def pack(self, order: str) -> str: ...\n\n"
        + APP.replace("[pack]", "[Shop.pack]"),
        r"HERE: .*Shop.pack of the class: offer that of an object of it, made with Shop\(…\)",
    ),
    "activities in a list": in_app(ACTIVITIES, "activities = [pack]", r"`activities`: .*must be a function, not \["),
    "one of two arguments": in_app(ACTIVITIES, "activities = lambda self, ports: [pack]", r"say staticmethod\(…\)"),
    "one that cannot be made": in_app("[pack])", "(1 / 0 for _ in 'x'))  # here", r"HERE: ZeroDivisionError: division"),
    "not in a list": in_app("[pack])", "pack)  # here", r"HERE: .*must return a list of activities"),
}
OFFERED = {
    "no data converter": offering("data_converter = 7", r"HERE: .*must be a temporalio.converter.DataConverter"),
    "an unknown option of workers": offering(
        "worker_options = {'graceful_timeout': FIVE}", r"HERE: .*'graceful_timeout' .*there are graceful_shutdown_timeo"
    ),
    "an unknown option of clients": offering("client_options = {'target': 'x'}", r"HERE: .*there are target_host, api"),
    "no interceptors": offering("interceptors = (7,)", r"HERE: .*must be objects of a temporalio.worker.Interceptor"),
    "a class of interceptors": offering("interceptors = (Interceptor,)", r"HERE: .*must be objects of a temporalio"),
    "a search attribute": offering("search_attributes = {'Status': 'Keywrd'}", r"'Status': .*there are keyword, "),
    "a status attribute": offering("status_attribute = 7", r"HERE: .*must be a text, not 7"),
    "no exceptions": offering("workflow_failure_exception_types = ('E',)", r"HERE: .*must be classes of exceptions"),
    "no services": offering("services = ('api',)", r"HERE: .*'api' lacks name, command, ready_url; see Service"),
    "no function of workers": offering("workers = 2", r"HERE: .*must be a function, not 2"),
    "a subject of two": offering("subject_of = lambda self, name: name", r"HERE: .*say staticmethod\(…\)"),
}
PROJECT = {
    "no table": in_project("[tool.assay]", "[tool.other]", r"no pyproject.toml with a \[tool.assay\] .*; add one with"),
    "an unknown key": in_project("app =", 'scenario = "x"\napp =', r"pyproject.toml .*'scenario' \(known: scenarios, "),
    "no TOML": in_project('app = "', "app = ", r"pyproject.toml: not valid TOML: .*at line 2"),
    "no text": in_project('"mutants"', "1", r"pyproject.toml \[tool.assay\]: mutants must be a text, not 1"),
    "no world": in_project("app =", 'world = "shop_app"\napp =', r"world = 'shop_app': .*; offer one in it, or name"),
    "a key beyond all depth": in_project(
        "app =", f"x = {'[' * 5000}\napp =", r"pyproject.toml: not valid TOML: maximum"
    ),
    "a number beyond all length": in_project(
        "app =", f"x = {'9' * 5000}\napp =", r"pyproject.toml: not valid TOML: Ex"
    ),
    "a world that is None": in_world(
        "world = None", r"world = 'shop_world': its `world` is None, which lacks services, "
    ),
    "a world that raises": in_world(
        "def __getattr__(name): raise LookupError(name)", r"world = 'shop_world': .*shop_world.py:1: LookupError: world"
    ),
    "a world without control": in_world(
        "class world: services = command = ready_url = control_url = environment = ()",
        r"world = 'shop_world': its `services`: .*one of them 'control'",
    ),
    "a stale patch": Mistake("mutants/m.patch", "", HEADER + DIFF, r"m.patch no longer .*; bring the patch up", MUTANT),
    "a patch without a claim": Mistake(
        "mutants/m.patch",
        "",
        HEADER.replace("Claim:", "Claims:") + DIFF,
        r"m.patch: the header lacks claim",
        MUTANT,
    ),
}
TYPED = {
    "an unknown claim": in_command("run order --seed 1", r"'order'; known: orders \(`assay run --list`\)"),
    "no claim": in_command("run", r"name a claim, or pass --all; `assay run --list` shows"),
    "a seed": in_command("run orders --seed one", r"'--seed': 'one' is not a valid integer"),
    "a stack": in_command("run orders --stack docker", r"'docker' is not one of 'dev', 'full', 'compose', 'external'"),
    "a command": in_command("simulat orders", r"No such command 'simulat'. There are simulate, "),
    "an option": in_command("run orders --sed 1", r"'--sed'. Did you mean '--seed'\?"),
    "a mutant": Mistake("mutants/m1.patch", "", HEADER, r"'m'; known: m1 \(mutants/\*.patch\)", MUTANT),
    "no run": in_command("check nowhere", r"nowhere is not a run directory: it holds no run.json"),
    "no generator": in_command("generate out", r'has no generator; add one such as generator = "your.module"'),
}
TABLE = {
    f"{place}: {name}": mistake
    for place, mistakes in {
        "import": IMPORTS,
        "queue": QUEUE,
        "activity": ACTIVITY,
        "offered": OFFERED,
        "project": PROJECT,
        "typed": TYPED,
    }.items()
    for name, mistake in mistakes.items()
}


@pytest.mark.parametrize("mistake", [*TABLE.values(), *CLAIMS.values()], ids=[*TABLE, *CLAIMS])
def test_a_mistake_is_told_in_one_line_before_anything_is_started(
    mistake: Mistake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require_told(mistake, tmp_path, monkeypatch, capsys)


IN_THE_PROJECT = {name: each for name, each in (TABLE | CLAIMS).items() if each.typed in (RUN, MUTANT)}
UNREAD = ("no table", "an unknown key", "no TOML", "no text", "a key beyond all depth", "a number beyond all length")
"""Where the table of the project cannot be read there is nothing to look at."""
TOLD_OTHERWISE = {"file: no claim", "typed: a mutant", *(f"project: {each}" for each in UNREAD)}


@pytest.mark.parametrize("name", [name for name in IN_THE_PROJECT if name not in TOLD_OTHERWISE])
def test_doctor_finds_every_mistake_that_a_run_refuses(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require_found(IN_THE_PROJECT[name], tmp_path, monkeypatch, capsys)


def test_so_it_is_where_a_user_types_it(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "harness.cli", *RUN.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folder = Shop(workers=0).write(tmp_path)
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)

    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "workers cannot be 0, but a whole number, at least 1" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (folder / "runs").exists()
